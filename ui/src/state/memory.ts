/** What the window itself remembers from one start to the next: teams, widths, searches. Damaged memory is an empty one. */
import type { ClusterId, TeamName } from "../ipc/generated/contract";

/** How a person laid the board out. */
export interface BoardLayout {
  /** Widths of columns by their keys; the others share what is left. */
  widths: Record<string, number>;
  libraryHidden: boolean;
  /** Searches that were kept, in the order they were. */
  searches: string[];
}

export const PLAIN_LAYOUT: BoardLayout = { widths: {}, libraryHidden: false, searches: [] };

export const NARROWEST = 200;
export const WIDEST = 720;

export const bounded = (width: number): number => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));

export interface WindowMemory {
  teams(): Record<ClusterId, TeamName>;
  saveTeams(teams: Record<ClusterId, TeamName>): void;
  layout(): BoardLayout;
  saveLayout(layout: BoardLayout): void;
}

const TEAMS_KEY = "rainferry.teams";
const LAYOUT_KEY = "rainferry.board";

export const windowMemory: WindowMemory = {
  teams() {
    const teams: Record<string, string> = {};
    for (const [cluster, team] of entriesOf(read(TEAMS_KEY))) if (typeof team === "string") teams[cluster] = team;
    return teams;
  },
  saveTeams: (teams) => window.localStorage.setItem(TEAMS_KEY, JSON.stringify(teams)),
  layout: () => layoutOf(read(LAYOUT_KEY)),
  saveLayout: (layout) => window.localStorage.setItem(LAYOUT_KEY, JSON.stringify(layout)),
};

export function layoutOf(kept: unknown): BoardLayout {
  const of = Object.fromEntries(entriesOf(kept));
  const widths: Record<string, number> = {};
  for (const [key, width] of entriesOf(of.widths))
    if (typeof width === "number" && Number.isFinite(width)) widths[key] = bounded(width);
  const searches = Array.isArray(of.searches) ? of.searches.filter((one): one is string => typeof one === "string") : [];
  return { widths, libraryHidden: of.libraryHidden === true, searches };
}

function read(key: string): unknown {
  try {
    return JSON.parse(window.localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null ? Object.entries(value) : [];
