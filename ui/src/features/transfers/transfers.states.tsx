/** The states of the drawer and its sheets. */
import { loaded, sampleJobs } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { Drawer } from "./Drawer";
import { ProblemSheet } from "./ProblemSheet";
import { ReportSheet } from "./ReportSheet";
import { TransferStrip } from "./TransferStrip";

const board = loaded();
const list = sampleJobs(board.world);
const jobs = Object.fromEntries(list.map((job) => [job.id, job]));
const failed = list.find((job) => job.state === "failed")?.id ?? "";
const [missing, whole] = list.filter((job) => job.state === "done").map((job) => job.id);
const crowd = Object.fromEntries(
  Array.from({ length: 200 }, (_, index) =>
    list.map((job) => [`${job.id}-${index}`, { ...job, id: `${job.id}-${index}` }]),
  ).flat(),
);

export const states: ScreenStates = {
  empty: { draw: () => <Drawer />, shows: "Nothing has been carried yet" },
  typical: { draw: () => <Drawer />, state: { jobs }, shows: "The restore makes no progress" },
  crowded: { draw: () => <Drawer />, state: { jobs: crowd }, shows: "1400" },
  "strip, idle": { draw: () => <TransferStrip />, shows: "Idle" },
  "strip, running": { draw: () => <TransferStrip />, state: { jobs }, shows: "2 running · 1 waiting · 1 failed" },
  problem: { draw: () => <ProblemSheet id={failed} />, state: { jobs }, shows: "Where things stand" },
  "report, something missing": { draw: () => <ReportSheet id={missing ?? ""} />, state: { jobs }, shows: /with 1 thing missing/ },
  "report, whole": { draw: () => <ReportSheet id={whole ?? ""} />, state: { jobs }, shows: "Nothing is missing" },
};
