/** Search, filters and order of the list of all backups. */
import { expect, test } from "vitest";
import type { BackupRow, BackupView } from "../../ipc/generated/contract";
import { EVERY_BACKUP } from "../../state/model";
import { fitsStatus, fitting, isNarrowed, ordered } from "./rows";

const row = (app: string, version: string, over: Partial<BackupView> = {}, deleted = false, team = "ops"): BackupRow => ({
  cluster: "c/r",
  cluster_name: "c",
  team,
  team_alias: team === "ops" ? "运维" : team,
  backup: {
    id: app + version,
    app: 1,
    app_name: app,
    version,
    created: version,
    mode: "cloud",
    status: "ready",
    size_bytes: 1,
    note: "",
    author: "",
    hot: false,
    ...over,
  },
  app_deleted: deleted,
  data: "unknown",
});

const rows = [
  row("wiki", "20260801", { size_bytes: 5, note: "before v3" }),
  row("crm", "20260803", { size_bytes: 9, status: "failed", mode: "local" }),
  row("wiki", "20260802", { size_bytes: 5 }, false, "shop"),
  row("old", "20260701", {}, true),
];
const ids = (list: BackupRow[]) => list.map((one) => one.backup.id);

test("every word of the search must be somewhere", () => {
  expect(ids(fitting(rows, { ...EVERY_BACKUP, search: "  WIKI v3 " }))).toEqual(["wiki20260801"]);
  expect(ids(fitting(rows, { ...EVERY_BACKUP, search: "运维 wiki" }))).toEqual(["wiki20260801"]);
  expect(fitting(rows, { ...EVERY_BACKUP, search: "nothing" })).toEqual([]);
});

test("team and mode narrow; a deleted app is a status of its own", () => {
  expect(ids(fitting(rows, { ...EVERY_BACKUP, team: "shop" }))).toEqual(["wiki20260802"]);
  expect(ids(fitting(rows, { ...EVERY_BACKUP, mode: "local" }))).toEqual(["crm20260803"]);
  expect(ids(rows.filter((one) => fitsStatus(one, "gone")))).toEqual(["old20260701"]);
  expect(ids(rows.filter((one) => fitsStatus(one, "failed")))).toEqual(["crm20260803"]);
  expect(rows.filter((one) => fitsStatus(one, "any"))).toHaveLength(4);
});

test("the order goes both ways, and the newer of two alike stays first", () => {
  expect(ids(ordered(rows, EVERY_BACKUP))).toEqual(["crm20260803", "wiki20260802", "wiki20260801", "old20260701"]);
  const bySize = ordered(rows, { ...EVERY_BACKUP, sort: "size" });
  expect(ids(bySize)).toEqual(["crm20260803", "wiki20260802", "wiki20260801", "old20260701"]);
  const byApp = ordered(rows, { ...EVERY_BACKUP, sort: "app", descending: false });
  expect(ids(byApp)).toEqual(["crm20260803", "old20260701", "wiki20260802", "wiki20260801"]);
});

test("what is not narrowed has nothing to clear", () => {
  expect(isNarrowed(EVERY_BACKUP)).toBe(false);
  expect(isNarrowed({ ...EVERY_BACKUP, sort: "size" })).toBe(false);
  expect(isNarrowed({ ...EVERY_BACKUP, status: "gone" })).toBe(true);
});
