/** Words of the frame around the board: the command palette. */
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
