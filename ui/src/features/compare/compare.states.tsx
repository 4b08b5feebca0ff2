/** The states of a comparison. */
import { Differences } from "../../parts";
import { DIFFERENCES } from "../../platform/fake/official";
import { consoleNamed, loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { CompareSheet } from "./CompareSheet";

const board = loaded();
const cluster = consoleNamed(board.world, "shanghai").clusters[0]?.id ?? "";
const left = { kind: "backup" as const, cluster, team: "ops", backup: "backup-0" };
const draw = () => <CompareSheet left={left} name="wiki, yesterday" app="wiki" />;

export const states: ScreenStates = {
  comparing: { draw, state: board.state, shows: "Comparing…" },
  "nothing to compare with": { draw, shows: "There is nothing else to compare with on the board" },
  differences: { draw: () => <Differences list={DIFFERENCES} left="yesterday" right="live" />, shows: "differs, not shown" },
};
