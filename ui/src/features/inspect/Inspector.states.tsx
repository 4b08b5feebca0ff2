/** The states of the inspector. */

import { packageOf } from "../../platform/fake/plans";
import type { Selection } from "../../state/model";
import { consoleNamed, loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { PackageContents } from "./Contents";
import { Inspector } from "./Inspector";

const board = loaded();
const cluster = consoleNamed(board.world, "beijing").clusters[0]?.id ?? "";
const shop = board.world.apps.get(`${cluster}|shop`)?.[0];
const backup = shop?.backups[0]?.id ?? "";
const chosen: Selection = { kind: "backup", cluster, team: "shop", app: shop?.id ?? 0, backup };
const file = (kind: string): Selection => ({
  kind: "file",
  path: board.world.library.files.find((one) => one.kind === kind)?.path ?? "",
});
const draw = () => <Inspector />;
const view = packageOf(board.world, { kind: "backup", cluster, team: "shop", backup });
const bare = { ...view, components: [], gateway_rules: [], credentials: [] };

export const states: ScreenStates = {
  "nothing selected": { draw, state: board.state, shows: "Nothing selected" },
  "a backup, reading": { draw, state: { ...board.state, selection: chosen }, shows: "Reading the package…" },
  "a bundle": { draw, state: { ...board.state, selection: file("bundle") }, shows: "Import to…" },
  "a ticket": { draw, state: { ...board.state, selection: file("ticket") }, shows: /A ticket names a backup/ },
  "a damaged file": { draw, state: { ...board.state, selection: file("unreadable") }, shows: "The bundle is damaged" },
  "an encrypted bundle": { draw, state: { ...board.state, selection: file("locked") }, shows: /^This bundle is encrypted/ },
  contents: { draw: () => <PackageContents view={view} />, shows: "4 components, 3 with image" },
  "an empty package": { draw: () => <PackageContents view={bare} />, shows: "No volumes" },
};
