/** Which backups the list of all shows, and in what order. Pure. */
import type { BackupRow } from "../../ipc/generated/contract";
import type { BackupsChoice } from "../../state/model";

export type StatusFilter = BackupsChoice["status"];

export const STATUSES: StatusFilter[] = ["any", "ready", "running", "failed", "gone"];

export function fitsStatus(row: BackupRow, status: StatusFilter): boolean {
  if (status === "any") return true;
  return status === "gone" ? row.app_deleted : row.backup.status === status;
}

function fitsWords(row: BackupRow, words: string[]): boolean {
  const { app_name, note, author, created, version } = row.backup;
  const text = `${app_name} ${note} ${author} ${created} ${version} ${row.team_alias}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** All that fit but for their status: what the counts beside the statuses count. */
export function fitting(rows: BackupRow[], choice: BackupsChoice): BackupRow[] {
  const words = choice.search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (choice.team === null || row.team === choice.team) &&
      (choice.mode === null || row.backup.mode === choice.mode) &&
      fitsWords(row, words),
  );
}

const ORDERS: Record<BackupsChoice["sort"], (one: BackupRow, other: BackupRow) => number> = {
  app: (one, other) => one.backup.app_name.localeCompare(other.backup.app_name),
  time: (one, other) => one.backup.version.localeCompare(other.backup.version),
  size: (one, other) => one.backup.size_bytes - other.backup.size_bytes,
};

/** Where two are alike, the newer one is first, whichever way the order goes. */
export function ordered(rows: BackupRow[], choice: BackupsChoice): BackupRow[] {
  const way = choice.descending ? -1 : 1;
  return [...rows].sort((one, other) => way * ORDERS[choice.sort](one, other) || ORDERS.time(other, one));
}

export const isNarrowed = ({ search, status, team, mode }: BackupsChoice): boolean =>
  search.trim() !== "" || status !== "any" || team !== null || mode !== null;
