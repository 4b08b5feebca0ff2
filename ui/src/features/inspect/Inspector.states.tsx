/** The states of the inspector. */

import { membersOf, packageOf } from "../../platform/fake/plans";
import type { Selection } from "../../state/model";
import { consoleNamed, loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { PackageContents } from "./Contents";
import { FileList } from "./FilesView";
import { packageFiles } from "./files";
import { Inspector } from "./Inspector";
import { PackageTabs } from "./InspectSheet";

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
const source = { kind: "backup" as const, cluster, team: "shop", backup };
const second: Selection = { ...chosen, backup: shop?.backups[1]?.id ?? "" };
const tabs = (first: Parameters<typeof PackageTabs>[0]["first"], of = view) => {
  return () => <PackageTabs view={of} source={source} first={first} />;
};
const long = [{ name: `gid/app_x/${"x".repeat(200)}.tar`, size_bytes: 1e12, compressed_bytes: 9e11 }];
const bare = { ...view, components: [], gateway_rules: [], credentials: [] };

export const states: ScreenStates = {
  "nothing selected": { draw, state: board.state, shows: "Nothing selected" },
  "a backup, reading": { draw, state: { ...board.state, selection: chosen }, shows: "Reading the package…" },
  "a bundle": { draw, state: { ...board.state, selection: file("bundle") }, shows: "Import to…" },
  "a ticket": { draw, state: { ...board.state, selection: file("ticket") }, shows: /A ticket names a backup/ },
  "a damaged file": { draw, state: { ...board.state, selection: file("unreadable") }, shows: "The bundle is damaged" },
  "an encrypted bundle": { draw, state: { ...board.state, selection: file("locked") }, shows: /^This bundle is encrypted/ },
  "two backups": { draw, state: { ...board.state, selection: chosen, second }, shows: "Compare the two" },
  "the sheet, overview": { draw: tabs("overview"), shows: "4 components, 3 with image" },
  "the sheet, components": { draw: tabs("components"), shows: "image missing" },
  "the sheet, config": { draw: tabs("config"), shows: "MYSQL_HOST" },
  "the sheet, data": { draw: tabs("data"), shows: "The data of 1 of 2 volumes is not inside" },
  "the sheet, rules": { draw: tabs("rules"), shows: "shop.example.com/api" },
  "the sheet, listing files": { draw: tabs("files"), shows: "Listing the files…" },
  "the sheet, an empty package": { draw: tabs("components", bare), shows: "No components" },
  "the sheet, no rules": { draw: tabs("rules", bare), shows: "No gateway rules in the package" },
  "the sheet, no volumes": { draw: tabs("data", bare), shows: "No volumes" },
  files: { draw: () => <FileList files={packageFiles(membersOf(view), view.components)} />, shows: "console_apps_metadata.json" },
  "no files": { draw: () => <FileList files={[]} />, shows: "No files" },
  "files, long names": { draw: () => <FileList files={packageFiles(long, view.components)} />, shows: /^x+\.tar$/ },
  contents: { draw: () => <PackageContents view={view} />, shows: "4 components, 3 with image" },
  "an empty package": { draw: () => <PackageContents view={bare} />, shows: "No volumes" },
};
