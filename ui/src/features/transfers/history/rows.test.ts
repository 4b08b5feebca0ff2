/** The history is narrowed by what a person remembers: how it ended, where, when, and some words. */
import { expect, test } from "vitest";
import type { JobView } from "../../../ipc/generated/contract";
import { EVERY_JOB, type HistoryChoice } from "../../../state/model";
import { loaded, sampleJobs } from "../../../test/samples";
import { clustersOf, endedJobs, fitsState, fitting } from "./rows";

const list = sampleJobs(loaded().world);
const [done] = list.filter((job) => job.state === "done");
if (!done) throw new Error("no job");
const NOW = new Date(2026, 7, 20, 12, 0, 0);
const endedAt = (id: string, at: Date, over: Partial<JobView> = {}): JobView => ({
  ...done,
  id,
  ended_at: at.toISOString(),
  ...over,
});
const jobs = [
  endedAt("old", new Date(2026, 5, 1)),
  endedAt("morning", new Date(2026, 7, 20, 8), { app_name: "wiki" }),
  endedAt("week", new Date(2026, 7, 15), { state: "failed" }),
];
const shown = (choice: Partial<HistoryChoice>) =>
  fitting(endedJobs(jobs), { ...EVERY_JOB, ...choice }, NOW, (job) => job.app_name).map((job) => job.id);

test("only what has ended is history, newest first", () => {
  expect(endedJobs(list).every((job) => ["done", "failed", "cancelled"].includes(job.state))).toBe(true);
  expect(endedJobs(list).length).toBeLessThan(list.length);
  expect(endedJobs(jobs).map((job) => job.id)).toEqual(["morning", "week", "old"]);
});

test.each<[Partial<HistoryChoice>, string[]]>([
  [{}, ["morning", "week", "old"]],
  [{ days: 0 }, ["morning"]],
  [{ days: 7 }, ["morning", "week"]],
  [{ search: "WIKI" }, ["morning"]],
  [{ search: "nothing" }, []],
  [{ cluster: "shanghai" }, ["morning", "week", "old"]],
  [{ cluster: "factory" }, []],
])("%o", (choice, ids) => {
  expect(shown(choice)).toEqual(ids);
});

test("states and clusters are those that there are", () => {
  expect(jobs.filter((job) => fitsState(job, "failed")).map((job) => job.id)).toEqual(["week"]);
  expect(clustersOf(jobs)).toEqual(["beijing", "shanghai"]);
});
