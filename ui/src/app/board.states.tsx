/** The states of the board as a whole, and of what stands above it. */

import { UNREACHABLE } from "../platform/fake/world";
import { PLAIN_LAYOUT } from "../state/memory";
import { DEFAULT_SETTINGS } from "../state/model";
import { loaded } from "../test/samples";
import type { ScreenStates } from "../test/states";
import { Board } from "./Board";
import { NoticeBar } from "./NoticeBar";
import { TopBar } from "./TopBar";

const board = loaded();
const crowded = loaded("crowded");
const failing = loaded("failing");
const draw = () => <Board />;
const layout = { ...PLAIN_LAYOUT, widths: { "c-beijing/beijing": 320 }, searches: ["升级前", "nightly"] };

export const states: ScreenStates = {
  empty: { draw, state: { ...board.state, settings: { ...DEFAULT_SETTINGS, columns: [] } }, shows: "No column is open" },
  loading: { draw, state: { consoles: board.world.consoles }, shows: "Reading apps…" },
  typical: { draw, state: board.state, shows: "商城" },
  crowded: { draw, state: crowded.state, shows: "97 earlier" },
  failed: { draw, state: failing.state, shows: "Cannot reach chengdu" },
  "long names": { draw, state: crowded.state, shows: /a-very-long-application-name/ },
  "laid out by hand": { draw, state: { ...board.state, layout: { ...layout, libraryHidden: true } }, shows: "商城" },
  "filtered, with numbers": { draw, state: { ...board.state, search: "升级前" }, shows: "1 of 5 apps · 2 of 32 backups" },
  "top bar": { draw: () => <TopBar />, state: { ...board.state, layout, search: "升级前" }, shows: "By app" },
  "a notice": { draw: () => <NoticeBar />, state: { notice: UNREACHABLE }, shows: "The address does not answer" },
};
