/** The states of a column. */
import type { ConsoleView } from "../../ipc/generated/contract";
import { UNREACHABLE } from "../../platform/fake/world";
import { consoleNamed, loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { ClusterColumn } from "./ClusterColumn";
import { ConsoleColumn } from "./ConsoleColumn";

const board = loaded();
const crowded = loaded("crowded");
const failing = loaded("failing");

function column(console: ConsoleView) {
  const [cluster] = console.clusters;
  return cluster ? (
    <ClusterColumn console={console} cluster={cluster} items={[]} />
  ) : (
    <ConsoleColumn console={console} items={[]} />
  );
}

const draw = (from: typeof board, name: string) => () => column(consoleNamed(from.world, name));
const shanghai = consoleNamed(board.world, "shanghai").clusters[0]?.id ?? "";
const emptyTeam = {
  team: "ops",
  loading: false,
  problem: null,
  view: { cluster: shanghai, team: "ops", apps: [], problems: [], loaded_at: "2026-08-20T10:00:00Z" },
};
const broken = (name: string): ConsoleView => ({
  ...consoleNamed(board.world, name),
  state: { kind: "failed", problem: UNREACHABLE },
});

export const states: ScreenStates = {
  typical: { draw: draw(board, "beijing"), state: board.state, shows: "商城" },
  loading: { draw: draw(board, "beijing"), state: { consoles: board.world.consoles }, shows: "Reading apps…" },
  empty: {
    draw: draw(board, "shanghai"),
    state: { ...board.state, columns: { [shanghai]: emptyTeam } },
    shows: "Team ops has no apps",
  },
  crowded: { draw: draw(crowded, "beijing"), state: crowded.state, shows: "97 earlier" },
  "long names": { draw: draw(crowded, "shanghai"), state: crowded.state, shows: /a-very-long-application-name/ },
  partial: { draw: draw(failing, "factory"), state: failing.state, shows: "Not everything could be read" },
  "read-only": { draw: draw(board, "factory"), state: board.state, shows: "Read-only" },
  unreachable: { draw: draw(failing, "chengdu"), state: failing.state, shows: "Cannot reach chengdu" },
  "unreachable, with what was read before": {
    draw: () => column(broken("beijing")),
    state: board.state,
    shows: /Below is what was read/,
  },
  "unreachable, nothing read yet": {
    draw: () => column(broken("beijing")),
    state: { consoles: board.world.consoles },
    shows: "Other columns are not affected",
  },
  "by time": { draw: draw(board, "beijing"), state: { ...board.state, grouping: "time" }, shows: "会员中心" },
  searched: { draw: draw(board, "beijing"), state: { ...board.state, search: "升级" }, shows: "Nothing fits the filter" },
};
