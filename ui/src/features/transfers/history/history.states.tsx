/** The states of the history. */
import { EVERY_JOB } from "../../../state/model";
import { loaded, sampleJobs } from "../../../test/samples";
import type { ScreenStates } from "../../../test/states";
import { HistorySheet } from "./HistorySheet";

const board = loaded();
const jobs = Object.fromEntries(sampleJobs(board.world).map((job) => [job.id, job]));

export const states: ScreenStates = {
  empty: { draw: () => <HistorySheet choice={EVERY_JOB} />, shows: "Nothing has ended yet" },
  typical: { draw: () => <HistorySheet choice={EVERY_JOB} />, state: { jobs }, shows: "The restore makes no progress" },
  "nothing fits": {
    draw: () => <HistorySheet choice={{ ...EVERY_JOB, search: "no such app" }} />,
    state: { jobs },
    shows: "No job fits",
  },
};
