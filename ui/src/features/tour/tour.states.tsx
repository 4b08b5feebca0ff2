/** The states of the sample tour. */
import { loaded, sampleJobs } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { TourBar } from "./TourBar";

const tour = { since: "2000-01-01T00:00:00Z" };
const list = sampleJobs(loaded().world).filter((job) => job.kind === "migrate");
const only = (state: string) => Object.fromEntries(list.filter((job) => job.state === state).map((job) => [job.id, job]));

export const states: ScreenStates = {
  begin: { draw: () => <TourBar />, state: { tour }, shows: /Drag the newest backup/ },
  watch: { draw: () => <TourBar />, state: { tour, jobs: only("running") }, shows: /Watch/ },
  arrived: { draw: () => <TourBar />, state: { tour, jobs: only("done") }, shows: /It arrived/ },
};
