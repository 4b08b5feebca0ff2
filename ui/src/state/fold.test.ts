/** Events of the core, folded. */
import { expect, test } from "vitest";
import { loaded, sampleJobs } from "../test/samples";
import { openColumns } from "./board";
import { asks, fold } from "./fold";
import { EMPTY } from "./model";

const { world } = loaded("failing");
const [job] = sampleJobs(loaded().world);
if (!job) throw new Error("no job");

test("a job is taken whole, as often as it is sent", () => {
  const once = fold(EMPTY, { kind: "job_changed", job });
  const twice = fold(once, { kind: "job_changed", job: { ...job, state: "done" } });
  expect(Object.keys(twice.jobs)).toEqual([job.id]);
  expect(twice.jobs[job.id]?.state).toBe("done");
});

test("a view of a job that was overtaken on its way changes nothing", () => {
  const ended = fold(EMPTY, { kind: "job_changed", job: { ...job, state: "cancelled", revision: 9 } });
  expect(fold(ended, { kind: "job_changed", job: { ...job, state: "cancelling", revision: 7 } })).toBe(ended);
  expect(fold(ended, { kind: "job_changed", job: { ...job, state: "queued", revision: 10 } }).jobs[job.id]?.state).toBe("queued");
});

test("a console replaces the one of its id, or joins at the end", () => {
  const [first] = world.consoles;
  if (!first) throw new Error("no console");
  const state = fold({ ...EMPTY, consoles: world.consoles }, { kind: "console_changed", console: { ...first, name: "renamed" } });
  expect(state.consoles.map((one) => one.name)).toEqual(["renamed", "shanghai", "factory", "chengdu"]);
  expect(fold(EMPTY, { kind: "console_changed", console: first }).consoles).toEqual([first]);
});

test("settings and samples are as sent", () => {
  const samples = { available: true, running: true, site: "factory" as const };
  expect(fold(EMPTY, { kind: "samples_changed", samples }).samples).toEqual(samples);
  const settings = { ...EMPTY.settings, theme: "dark" as const };
  expect(fold(EMPTY, { kind: "settings_changed", settings }).settings.theme).toBe("dark");
});

test("what an event does not carry is asked for", () => {
  expect(asks({ kind: "column_changed", cluster: "c/r" })).toEqual({ kind: "column", cluster: "c/r" });
  expect(asks({ kind: "library_changed" })).toEqual({ kind: "library" });
  expect(asks({ kind: "consoles_changed" })).toEqual({ kind: "consoles" });
  expect(asks({ kind: "job_changed", job })).toEqual({ kind: "none" });
  expect(fold(EMPTY, { kind: "consoles_changed" })).toBe(EMPTY);
});

test("columns: all, or those that are named, in their order; a console that did not answer stays", () => {
  const names = (keys: string[] | null) => openColumns(world.consoles, keys).map((column) => column.console.name);
  expect(names(null)).toEqual(["beijing", "shanghai", "factory", "chengdu"]);
  expect(names(["c-factory/factory", "c-beijing/beijing"])).toEqual(["factory", "beijing"]);
  expect(names(["c-chengdu/north"])).toEqual(["chengdu"]);
  expect(names(["c-shanghai"])).toEqual(["shanghai"]);
  expect(names([])).toEqual([]);
});
