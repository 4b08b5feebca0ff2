/** Words of what the desktop brings and is told: files and links, closing, the tray, notes. */
const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const desktop = {
  asked: {
    title: (file: string) => `Import ${file}`,
    hint: "Opened with Rainferry. Choose a team to see the plan.",
    nothingYet: "Nothing happens before the plan's own button.",
    leave: "Only keep it open",
    app: "App",
    time: "Backup of",
    from: "From",
    file: "File",
    where: "Where to?",
    noTeams: "No cluster is connected yet. Add the one this app is to run on.",
  },
  leave: {
    title: (jobs: number) => (jobs === 1 ? "A job is running" : `${plural(jobs, "job")} are running`),
    hint: "Nothing is lost: every step is on disk before it is taken.",
    more: (count: number) => `and ${count} more`,
    hide: "Keep running in the tray",
    quit: "Stop and quit",
    bothWays: "In the tray the jobs go on. If you quit, they stop where they are and go on at the next start.",
    onlyQuit: "If you quit, the jobs stop where they are and go on at the next start. What clusters do meanwhile they do.",
  },
  tray: { show: "Show Rainferry", quit: "Quit" },
  notes: { done: "Done", failed: (reason: string) => `Failed: ${reason}` },
  habits: {
    title: "Desktop",
    notify: { label: "Tell me when a job ends", hint: "By a notification, while another window is in front" },
    progress: { label: "Progress in the taskbar", hint: "On the button of the window, where the desktop draws it" },
    ask: { label: "Ask before quitting while jobs run", hint: "Otherwise they stop at once, and go on at the next start" },
    tray: { label: "Icon in the tray", hint: "Where the desktop has a tray" },
    close_to_tray: { label: "Closing the window keeps Rainferry in the tray", hint: "Quit from the menu of the icon" },
  },
  updates: {
    title: "Updates",
    hint: "Address of the manifest of versions; asked only when you press the button",
    notTaken:
      "This build takes no updates: it was built without a key to check them with. Install a newer version the way this one was installed.",
    check: "Check for updates",
    noAddress: "No address to ask",
    open: "Install from a file…",
    doing: {
      checking: "Asking the address…",
      fetching: "Downloading, then checking the signature…",
      opening: "Checking the signature of the file…",
      installing: "Installing; the system may ask for a password…",
    },
    nothingNewer: (version: string) => `Nothing newer than ${version} is there`,
    found: (version: string) => `Version ${version} is there`,
    provenFirst: "Its signature is checked before anything of it is run.",
    download: (version: string) => `Download ${version}`,
    proven: (version: string) => `Version ${version} is here, and its signature holds`,
    restarts: "Rainferry is replaced, closes and starts again. Not while jobs run. The system may ask for a password.",
    install: (version: string) => `Install ${version} and restart`,
    installed: (version: string) => `${version} is installed; it runs from the next start on`,
  },
};
