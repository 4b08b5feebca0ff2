/** The states of the drawer and its sheets. */
import type { ReportView } from "../../ipc/generated/contract";
import { DIFFERENCES } from "../../platform/fake/official";
import { DEFAULT_SETTINGS } from "../../state/model";
import { loaded, sampleJobs } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { Drawer } from "./Drawer";
import { ProblemSheet } from "./ProblemSheet";
import { ReportSheet } from "./ReportSheet";
import { Timeline } from "./Timeline";
import { TransferStrip } from "./TransferStrip";

const board = loaded();
const list = sampleJobs(board.world);
const jobs = Object.fromEntries(list.map((job) => [job.id, job]));
const failed = list.find((job) => job.state === "failed")?.id ?? "";
const stopped = jobs[failed];
const locked = stopped?.problem
  ? { [failed]: { ...stopped, can_retry: true, problem: { ...stopped.problem, code: "passphrase_missing" as const } } }
  : {};
const [missing, whole] = list.filter((job) => job.state === "done").map((job) => job.id);
const [done] = list.filter((job) => job.state === "done");
if (!done?.report) throw new Error("no report");
const original = { cluster: "c", team: "t", app_id: 1, name: "wiki", can_delete: true, deleted: false };
const reported = (over: Partial<ReportView>) => ({ [done.id]: { ...done, report: { ...done.report, ...over } as ReportView } });
const report = () => <ReportSheet id={done.id} />;
const samples = Array.from({ length: 40 }, (_, index) => ({ at: index * 500, bytesPerSec: 8e7 + (index % 7) * 2e6 }));
const crowd = Object.fromEntries(
  Array.from({ length: 200 }, (_, index) =>
    list.map((job) => [`${job.id}-${index}`, { ...job, id: `${job.id}-${index}` }]),
  ).flat(),
);

export const states: ScreenStates = {
  empty: { draw: () => <Drawer />, shows: "Nothing has been carried yet" },
  typical: { draw: () => <Drawer />, state: { jobs }, shows: "The restore makes no progress" },
  "with a graph and its limit": {
    draw: () => <Drawer />,
    state: {
      jobs,
      job: list[0]?.id ?? null,
      rates: { [list[0]?.id ?? ""]: samples },
      settings: { ...DEFAULT_SETTINGS, limit_bytes_per_sec: 9e7 },
    },
    shows: /limit 90 MB\/s for all$/,
  },
  "steps on a line of time": { draw: () => <Timeline job={list[2] ?? done} now={new Date()} />, shows: "Restore" },
  "long names": {
    draw: () => <Drawer />,
    state: { jobs: { [done.id]: { ...done, app_name: "华东区会员中心与积分商城一体化平台".repeat(6) } } },
    shows: /^华东区/,
  },
  crowded: { draw: () => <Drawer />, state: { jobs: crowd }, shows: "1400" },
  "strip, idle": { draw: () => <TransferStrip />, shows: "Idle" },
  "strip, running": { draw: () => <TransferStrip />, state: { jobs }, shows: "2 running · 1 waiting · 1 failed" },
  problem: { draw: () => <ProblemSheet id={failed} />, state: { jobs }, shows: "Where things stand" },
  "problem, passphrase not kept": {
    draw: () => <ProblemSheet id={failed} />,
    state: { jobs: locked },
    shows: /^The passphrase was not kept when Rainferry was closed/,
  },
  "report, something missing": { draw: () => <ReportSheet id={missing ?? ""} />, state: { jobs }, shows: /with 1 thing missing/ },
  "report, differences": {
    draw: report,
    state: { jobs: reported({ differences: DIFFERENCES.slice(0, 2), announced: DIFFERENCES.slice(2) }) },
    shows: "2 settings differ though the plan did not say so",
  },
  "report, by hand": { draw: report, state: { jobs }, shows: /^Make the gateway rules again/ },
  "report, original may go": { draw: report, state: { jobs: reported({ original }) }, shows: /^The copy is whole and runs/ },
  "report, original stays": {
    draw: report,
    state: { jobs: reported({ original: { ...original, can_delete: false } }) },
    shows: /only once the copy is complete/,
  },
  "report, original deleted": {
    draw: report,
    state: { jobs: reported({ original: { ...original, deleted: true } }) },
    shows: "The original wiki is deleted",
  },
  "report, whole": { draw: () => <ReportSheet id={whole ?? ""} />, state: { jobs }, shows: "Nothing is missing" },
};
