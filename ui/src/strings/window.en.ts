/** Words of what a person looks around with: the command palette, and the views of a package. */
const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const palette = {
  title: "Command palette",
  open: "Search everything, and do it",
  field: "Find a cluster, app, backup or action",
  results: "Results",
  count: (shown: number, all: number) =>
    all === 0 ? "Nothing found" : shown < all ? `${shown} of ${plural(all, "result")}` : plural(all, "result"),
  some: (shown: number, all: number) => `${shown} of ${all}`,
  nothing: "Nothing fits",
  nothingHint: "Only teams that a column shows are searched. Write less, or pick the team first.",
  choose: "choose",
  run: "open",
  more: "more actions",
  back: "back",
  close: "close",
  hasMore: "has more actions",
  groups: {
    actions: "Actions",
    clusters: "Clusters",
    teams: "Teams",
    apps: "Apps",
    backups: "Backups",
    files: "Files on this computer",
    jobs: "Transfers",
    items: "What can be done",
  },
  migrate: (app: string, place: string) => `Migrate ${app} to ${place}…`,
  exportApp: (app: string) => `Export ${app} to this computer…`,
  asItRuns: "as it runs: backed up first",
  newest: (time: string) => `newest backup, ${time}`,
  showOnBoard: (name: string) => `Show ${name} on the board`,
  reportOf: (job: string) => `Report of ${job}`,
  problemOf: (job: string) => `Problem of ${job}`,
  showTransfers: "Show transfers",
  hideTransfers: "Hide transfers",
  showInspector: "Show the inspector",
  hideInspector: "Hide the inspector",
};

export type PaletteWords = typeof palette;

export const look = {
  inside: "Look inside…",
  compare: "Compare…",
  title: (app: string) => `Inside the package of ${app}`,
  read: (read: string, size: string) => `${read} read from afar; the package of ${size} was not downloaded`,
  views: "Views of the package",
  overview: "Overview",
  config: "Config",
  files: "Files",
  noComponents: "No components",
  image: "Image",
  kind: (kind: string): string =>
    kind.startsWith("state_") || kind.startsWith("stateful") ? "stateful" : kind === "" ? "" : "stateless",
  filterConfig: "Filter by name or component",
  uncover: "Show values",
  cover: "Cover values",
  covered: "covered",
  secret: "looks like a secret",
  show: "Show",
  hide: "Cover",
  empty: "(empty)",
  secretsStay: "What looks like a secret is shown one by one; that it was shown is logged.",
  counted: (variables: number, files: number) =>
    [variables > 0 && plural(variables, "variable"), files > 0 && plural(files, "file")].filter(Boolean).join(", "),
  name: "Name",
  value: "Value",
  dataWhole: (count: number) => (count === 1 ? "The data of the volume is inside" : `The data of all ${count} volumes is inside`),
  dataAbsent: (absent: number, count: number) => `The data of ${absent} of ${plural(count, "volume")} is not inside`,
  mounted: "Mounted at",
  storage: "Storage",
  rulesHint: "Written down in the package. Rainbond does not make them again by itself; the plan can.",
  address: "Address",
  leadsTo: "Leads to",
  listing: "Listing the files…",
  notListed: "The files could not be listed",
  noFiles: "No files",
  filesOf: (count: number, size: string) => `${plural(count, "file")}, ${size}`,
  picture: "Files by size, as a picture; the table below says the same",
  file: "File",
  what: "What it is",
  packed: "Packed",
  share: "Share",
  sort: { image: "Image", data: "Volume data", metadata: "Metadata", other: "Other" },
  two: "Two backups selected",
  onlyFirst: "Keep only the first one selected",
  compareTwo: "Compare the two",
  selectBoth: "Select beside the other, to compare",
};

export type LookWords = typeof look;

export const watch = {
  views: "Of the selected job",
  timeline: "Steps",
  step: "Step",
  began: "Began",
  share: "Share of the time",
  took: "Took",
  carried: "Carried",
  state: { waiting: "waiting", running: "running", done: "done", failed: "failed", skipped: "skipped" },
  average: (rate: string) => `${rate} on average`,
  limit: (rate: string) => `limit ${rate} for all`,
};

export type WatchWords = typeof watch;

export const layout = {
  columns: "Columns",
  zoom: "Zoom",
  showAll: "Show all columns",
  sameWidth: "Same width for all",
  width: (name: string) => `Width of ${name}`,
  widthHint: "Drag to resize; double click shares the room again",
  isNow: (name: string, place: number, count: number) => `${name} is column ${place} of ${count}`,
  searches: "Saved searches",
  keepSearch: "Save this search",
  keep: (text: string) => `Save “${text}”`,
  forget: "Forget…",
  found: (of: { apps: number; allApps: number; backups: number; allBackups: number }) =>
    `${of.apps} of ${plural(of.allApps, "app")} · ${of.backups} of ${plural(of.allBackups, "backup")}`,
};

export type LayoutWords = typeof layout;

export const history = {
  title: "History",
  hint: (shown: number, all: number) =>
    shown === all ? `${plural(all, "ended job")}, newest first` : `${shown} of ${plural(all, "ended job")}, newest first`,
  search: "Find an app, place or job",
  state: "How it ended",
  any: "All",
  cluster: "Cluster",
  everyCluster: "Every cluster",
  time: "When",
  anyTime: "Any time",
  lastDays: (days: number) => (days === 0 ? "Today" : days === 365 ? "Last year" : `Last ${days} days`),
  what: "What",
  outcome: "Outcome",
  ended: "Ended",
  took: "Took",
  page: "Open the report as a page",
  showJob: "Show in transfers",
  none: "Nothing has ended yet",
  noneHint: "Jobs that are done, failed or cancelled are kept here until you remove them.",
  nothingFits: "No job fits",
  export: "Export…",
  saveAs: { csv: "As CSV, for a spreadsheet…", json: "As JSON…" },
};

export type HistoryWords = typeof history;

export const tour = {
  title: "Sample tour",
  start: "Take the sample tour",
  skip: "End the tour",
  at: (step: number, count: number) => `Step ${step} of ${count}`,
  step: {
    drag: "Drag the newest backup of 商城 from beijing onto shanghai.",
    plan: "Read the plan, then press Migrate.",
    watch: "Watch it arrive.",
    arrived: "It arrived: read its report.",
    report: "This is what arrived, and what did not.",
  },
  hint: {
    drag: "By keyboard: Ctrl K, then “migrate 商城 shanghai”.",
    plan: "What arrives, what does not, what changes. Nothing has happened yet.",
    watch: "You could close the window now: it would go on at the next start.",
    arrived: "What arrived is compared with the backup, setting by setting.",
    report: "Close it, and the tour is over.",
  },
};

export type TourWords = typeof tour;
