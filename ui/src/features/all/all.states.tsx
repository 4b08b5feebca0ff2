/** The states of the list of all backups and of the sheets about one. */
import { officialAnswers } from "../../platform/fake/official";
import { planOf } from "../../platform/fake/plans";
import { EVERY_BACKUP, type NamedBackup } from "../../state/model";
import { consoleNamed, loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { AllBackupsSheet } from "./AllBackupsSheet";
import { BackupLine, LineHeads } from "./BackupLine";
import { PlaceSheet } from "./PlaceSheet";
import { RemovalSheet } from "./RemovalSheet";

const board = loaded();
const [cluster] = consoleNamed(board.world, "beijing").clusters;
if (!cluster) throw new Error("no cluster");
const { rows } = officialAnswers(board.world, (request) => planOf(board.world, request)).list_backups({
  cluster: cluster.id,
  team: null,
});
const [row] = rows;
if (!row) throw new Error("no backup");
const { id, app_name, version, created } = row.backup;
const backup: NamedBackup = { ref: { cluster: cluster.id, team: row.team, backup: id }, app: app_name, version, created };
const line = (over: Partial<typeof row>, of: Partial<typeof row.backup> = {}) => (
  <BackupLine row={{ ...row, ...over, backup: { ...row.backup, ...of } }} cluster={cluster} />
);

export const states: ScreenStates = {
  "all, reading": {
    draw: () => <AllBackupsSheet cluster={cluster.id} choice={EVERY_BACKUP} />,
    state: board.state,
    shows: "Reading the backups of every team…",
  },
  heads: { draw: () => <LineHeads choice={EVERY_BACKUP} onChange={() => undefined} />, shows: "Time" },
  "of a deleted app": { draw: () => line({ app_deleted: true }), state: board.state, shows: "app deleted" },
  hot: { draw: () => line({}, { hot: true }), state: board.state, shows: "hot" },
  failed: { draw: () => line({}, { status: "failed" }), state: board.state, shows: /^Failed/ },
  "being made": { draw: () => line({}, { status: "running" }), state: board.state, shows: "Being made" },
  "with data": { draw: () => line({ data: "whole" }), state: board.state, shows: "data inside" },
  "without data": { draw: () => line({ data: "absent" }), state: board.state, shows: "no data inside" },
  place: { draw: () => <PlaceSheet backup={backup} />, state: board.state, shows: "Where the backup of 商城 is" },
  removal: { draw: () => <RemovalSheet backup={backup} />, state: board.state, shows: "Delete the backup of 商城" },
};
