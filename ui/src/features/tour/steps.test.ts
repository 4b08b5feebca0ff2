/** The tour follows what a person does, and only what was done since it began. */
import { expect, test } from "vitest";
import type { JobState, JobView } from "../../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../../ipc/options";
import type { Sheet } from "../../state/model";
import { loaded, sampleJobs } from "../../test/samples";
import { stepOf, type TourStep } from "./steps";

const [like] = sampleJobs(loaded().world);
if (!like) throw new Error("no job");
const tour = { since: "2026-08-20T10:00:00Z" };
const job = (state: JobState, over: Partial<JobView> = {}): JobView => ({
  ...like,
  id: "own",
  kind: "migrate",
  state,
  created_at: "2026-08-20T10:05:00Z",
  ...over,
});
const plan: Sheet = {
  kind: "plan",
  request: {
    source: { kind: "backup", cluster: "c", team: "t", backup: "b" },
    target: { kind: "team", cluster: "d", team: "t", app: null },
    options: PLAIN_OPTIONS,
  },
};

test.each<[string, TourStep, Sheet | null, JobView[]]>([
  ["nothing yet", "drag", null, []],
  ["a plan is open", "plan", plan, []],
  ["its job runs", "watch", null, [job("running")]],
  ["it waits for its turn", "watch", null, [job("queued")]],
  ["it is done", "arrived", null, [job("done")]],
  ["its report is open", "report", { kind: "report", job: "own" }, [job("done")]],
  ["another report is open", "arrived", { kind: "report", job: "other" }, [job("done")]],
  ["it failed: once more", "drag", null, [job("failed")]],
  ["a job from before", "drag", null, [job("done", { created_at: "2026-08-19T10:00:00Z" })]],
  ["an export is none", "drag", null, [job("done", { kind: "export" })]],
])("%s", (_name, step, sheet, jobs) => {
  expect(stepOf(tour, sheet, jobs)).toBe(step);
});
