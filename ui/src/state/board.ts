/** Derived, never stored: which columns the board has, and who is where. Pure. */
import type {
  AppView,
  BackupView,
  ClusterId,
  ClusterView,
  ConsoleView,
  FileView,
  JobId,
  JobView,
  TeamName,
} from "../ipc/generated/contract";
import type { Selection, State } from "./model";

/** A cluster of a console that answered, or the console that did not (its clusters are unknown). */
export type BoardColumn =
  | { kind: "cluster"; key: string; console: ConsoleView; cluster: ClusterView }
  | { kind: "console"; key: string; console: ConsoleView };

export function allColumns(consoles: ConsoleView[]): BoardColumn[] {
  return consoles.flatMap((console): BoardColumn[] =>
    console.clusters.length === 0
      ? [{ kind: "console", key: console.id, console }]
      : console.clusters.map((cluster) => ({ kind: "cluster", key: cluster.id, console, cluster })),
  );
}

/** A saved key is a cluster's, or a console's for all of its clusters. */
function isNamed(column: BoardColumn, keys: string[]): boolean {
  if (keys.includes(column.key) || keys.includes(column.console.id)) return true;
  return column.kind === "console" && keys.some((key) => key.startsWith(`${column.console.id}/`));
}

export function openColumns(consoles: ConsoleView[], keys: string[] | null): BoardColumn[] {
  const all = allColumns(consoles);
  if (keys === null) return all;
  const place = (column: BoardColumn) => {
    const at = keys.indexOf(column.key);
    return at < 0 ? keys.length : at;
  };
  return all.filter((column) => isNamed(column, keys)).sort((a, b) => place(a) - place(b));
}

export function clusterById(consoles: ConsoleView[], id: ClusterId): ClusterView | null {
  for (const console of consoles) {
    const found = console.clusters.find((cluster) => cluster.id === id);
    if (found) return found;
  }
  return null;
}

/** The team a column shows: the one chosen, if it is still there, else the first. */
export function pickTeam(state: Pick<State, "consoles" | "teams">, cluster: ClusterId): TeamName | null {
  const known = clusterById(state.consoles, cluster);
  const chosen = state.teams[cluster];
  if (known?.teams.some((team) => team.name === chosen)) return chosen ?? null;
  return known?.teams[0]?.name ?? null;
}

export function teamAlias(cluster: ClusterView, team: string): string {
  return cluster.teams.find((one) => one.name === team)?.alias || team;
}

export function selectedBackup(
  state: Pick<State, "columns">,
  selection: Selection | null,
): { app: AppView; backup: BackupView } | null {
  if (selection?.kind !== "backup") return null;
  const app = state.columns[selection.cluster]?.view?.apps.find((one) => one.id === selection.app);
  const backup = app?.backups.find((one) => one.id === selection.backup);
  return app && backup ? { app, backup } : null;
}

export function selectedFile(state: State, selection: Selection | null): FileView | null {
  if (selection?.kind !== "file") return null;
  return [...state.opened, ...(state.library.view?.files ?? [])].find((file) => file.path === selection.path) ?? null;
}

/** What is under way, newest first; what waits, in the order of its turns; what has ended, newest first. */
export function orderedJobs(jobs: State["jobs"]): JobView[] {
  const rank = (job: JobView) => (job.state === "running" || job.state === "cancelling" ? 0 : job.state === "queued" ? 1 : 2);
  const within = (a: JobView, b: JobView) =>
    (a.state === "queued" ? a.turn - b.turn : 0) || b.created_at.localeCompare(a.created_at);
  return Object.values(jobs).sort((a, b) => rank(a) - rank(b) || within(a, b));
}

/** Where a waiting job can be moved to: before another one, or behind all (`null`); left out where it stands there already. */
export interface Moves {
  first?: JobId;
  up?: JobId;
  down?: JobId | null;
  last?: null;
}

/** `queue`: the waiting jobs in their order. */
export function movesOf(job: JobId, queue: JobId[]): Moves {
  const at = queue.indexOf(job);
  if (at < 0) return {};
  const moves: Moves = {};
  const [first, before] = [queue[0], queue[at - 1]];
  if (first && before) Object.assign(moves, { first, up: before });
  if (at < queue.length - 1) Object.assign(moves, { down: queue[at + 2] ?? null, last: null });
  return moves;
}
