/** Words of what the desktop brings: files and links that were opened with Rainferry. */
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
};
