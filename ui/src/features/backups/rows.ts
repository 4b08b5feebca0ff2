/** A column's list as flat rows, so that only what is seen is drawn. Pure. */
import type { AppId, AppView, BackupView } from "../../ipc/generated/contract";
import type { Grouping } from "../../state/model";

/** Backups of an app that show before its “earlier” row is opened. */
export const SHOWN_FIRST = 3;

export type Row =
  | { kind: "app"; key: string; app: AppView; isOpen: boolean }
  | { kind: "backup"; key: string; app: AppView; backup: BackupView }
  | { kind: "earlier"; key: string; app: AppView; count: number }
  | { kind: "gone"; key: string; count: number; isOpen: boolean };

export interface ListChoice {
  /** Words of the column's filter and of the search over all columns. */
  filters: string[];
  grouping: Grouping;
  /** Apps folded by hand; `gone` for the group of deleted apps. */
  folded: ReadonlySet<AppId | "gone">;
  /** Apps whose earlier backups are shown. */
  unrolled: ReadonlySet<AppId>;
}

export function rowsOf(apps: AppView[], choice: ListChoice): Row[] {
  const words = wordsOf(choice.filters);
  const fitting = words.length === 0 ? apps : apps.flatMap((app) => narrowed(app, words));
  return choice.grouping === "time" ? byTime(fitting) : byApp(fitting, choice, words.length > 0);
}

/** How many there are, and how many of them fit. */
export interface Counted {
  apps: number;
  allApps: number;
  backups: number;
  allBackups: number;
}

export function counted(apps: AppView[], filters: string[]): Counted | null {
  const words = wordsOf(filters);
  if (words.length === 0) return null;
  const fitting = apps.flatMap((app) => narrowed(app, words));
  const living = (list: AppView[]) => list.filter((app) => app.state !== "deleted").length;
  const kept = (list: AppView[]) => list.reduce((sum, app) => sum + app.backups.length, 0);
  return { apps: living(fitting), allApps: living(apps), backups: kept(fitting), allBackups: kept(apps) };
}

const wordsOf = (filters: string[]) => filters.map((word) => word.trim().toLowerCase()).filter(Boolean);

/** The app with those of its backups that fit; all of them where the app itself fits. */
function narrowed(app: AppView, words: string[]): AppView[] {
  const appText = app.name.toLowerCase();
  if (words.every((word) => appText.includes(word))) return [app];
  const backups = app.backups.filter((backup) => {
    const text = textOf(backup);
    return words.every((word) => text.includes(word));
  });
  return backups.length > 0 ? [{ ...app, backups }] : [];
}

const TEXTS = new WeakMap<BackupView, string>();

/** Made once: of thousands of backups it would be half of what a key of the filter takes. */
function textOf(backup: BackupView): string {
  const known = TEXTS.get(backup);
  if (known !== undefined) return known;
  const text = `${backup.app_name} ${backup.note} ${backup.author} ${backup.created} ${backup.version}`.toLowerCase();
  TEXTS.set(backup, text);
  return text;
}

function byTime(apps: AppView[]): Row[] {
  return apps
    .flatMap((app) => app.backups.map((backup) => ({ app, backup })))
    .sort(({ backup: a }, { backup: b }) => (a.version < b.version ? 1 : a.version > b.version ? -1 : 0))
    .map(({ app, backup }) => ({ kind: "backup", key: `b${backup.id}`, app, backup }));
}

function byApp(apps: AppView[], choice: ListChoice, isFiltered: boolean): Row[] {
  const rows: Row[] = [];
  for (const app of apps) if (app.state !== "deleted") pushApp(rows, app, choice, isFiltered);
  const gone = apps.filter((app) => app.state === "deleted");
  if (gone.length > 0) {
    const isOpen = isFiltered || choice.folded.has("gone");
    const count = gone.reduce((sum, app) => sum + app.backups.length, 0);
    rows.push({ kind: "gone", key: "gone", count, isOpen });
    if (isOpen) for (const app of gone) pushBackups(rows, app, choice, isFiltered);
  }
  return rows;
}

function pushApp(rows: Row[], app: AppView, choice: ListChoice, isFiltered: boolean) {
  const isOpen = app.backups.length > 0 && !choice.folded.has(app.id);
  rows.push({ kind: "app", key: `a${app.id}`, app, isOpen });
  if (isOpen) pushBackups(rows, app, choice, isFiltered);
}

function pushBackups(rows: Row[], app: AppView, choice: ListChoice, isFiltered: boolean) {
  const all = isFiltered || choice.unrolled.has(app.id) || app.backups.length <= SHOWN_FIRST + 1;
  const shown = all ? app.backups : app.backups.slice(0, SHOWN_FIRST);
  for (const backup of shown) rows.push({ kind: "backup", key: `b${backup.id}`, app, backup });
  if (!all) rows.push({ kind: "earlier", key: `e${app.id}`, app, count: app.backups.length - SHOWN_FIRST });
}

export function rowHeight(row: Row): number {
  switch (row.kind) {
    case "backup":
      return 44;
    case "earlier":
      return 28;
    case "app":
    case "gone":
      return 32;
  }
}
