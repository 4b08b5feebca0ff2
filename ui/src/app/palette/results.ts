/** What the palette lists for what was typed: by group, the best first, a handful of each. Pure. */
import type { Environment } from "../../ipc/generated/contract";
import type { IconName, MenuItem } from "../../parts";
import { type Fit, howWell, queryWords, type Searchable } from "./match";

export const GROUPS = ["actions", "jobs", "clusters", "teams", "apps", "backups", "files", "items"] as const;
export type Group = (typeof GROUPS)[number];

export interface Entry extends Searchable {
  key: string;
  group: Group;
  icon: IconName;
  hint: string;
  environment?: Environment;
  /** Why it cannot be done now. */
  disabled?: boolean;
  aside?: MenuItem["aside"];
  /** Listed before anything is typed. */
  always?: boolean;
  run?: () => void;
  /** What else can be done with it: a list of its own. */
  items?: () => MenuItem[];
}

export interface Listed {
  entry: Entry;
  marks: Fit["marks"];
}

export interface ListedGroup {
  group: Group;
  rows: Listed[];
  /** As many as fit. */
  all: number;
}

/** Rows of a group while something is looked for; the rest is a count. */
const ROOM: Record<Group, number> = { actions: 10, jobs: 5, clusters: 6, teams: 6, apps: 6, backups: 6, files: 5, items: 200 };

export function results(entries: Entry[], query: string): ListedGroup[] {
  const words = queryWords(query);
  const found = new Map<Group, { listed: Listed; score: number }[]>();
  for (const entry of entries) {
    if (words.length === 0 && !entry.always) continue;
    const fitting = howWell(words, entry);
    if (!fitting) continue;
    const rows = found.get(entry.group) ?? [];
    rows.push({ listed: { entry, marks: fitting.marks }, score: words.length === 0 ? 0 : fitting.score });
    found.set(entry.group, rows);
  }
  const groups = GROUPS.flatMap((group) => {
    const rows = found.get(group);
    if (!rows) return [];
    rows.sort((a, b) => b.score - a.score);
    return [
      {
        group,
        best: rows[0]?.score ?? 0,
        all: rows.length,
        rows: rows.slice(0, words.length === 0 ? rows.length : ROOM[group]).map((row) => row.listed),
      },
    ];
  });
  return groups.sort((a, b) => b.best - a.best).map(({ group, rows, all }) => ({ group, rows, all }));
}

/** A menu as entries: the same words, the same reasons why not. */
export function entriesOf(items: MenuItem[]): Entry[] {
  return items.map((item, index) => ({
    key: `item ${index} ${item.label}`,
    group: "items",
    icon: item.icon ?? "right",
    label: item.label,
    hint: "",
    also: "",
    aside: item.aside,
    disabled: item.disabled,
    always: true,
    run: item.items ? undefined : item.run,
    items: item.items && !item.disabled ? () => item.items ?? [] : undefined,
  }));
}
