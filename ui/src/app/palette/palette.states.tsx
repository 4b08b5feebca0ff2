/** The states of the palette. */
import { loaded, sampleJobs } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { Palette } from "./Palette";

const board = loaded();
const crowded = loaded("crowded");
const jobs = Object.fromEntries(sampleJobs(board.world).map((job) => [job.id, job]));
const draw = () => <Palette />;

export const states: ScreenStates = {
  empty: { draw, shows: "Settings" },
  typical: { draw, state: { ...board.state, jobs }, shows: "beijing" },
  crowded: { draw, state: crowded.state, shows: "Clusters" },
};
