/** The order of the queue, and where a waiting job can be moved to. */
import { expect, test } from "vitest";
import { boardWorld } from "../platform/fake/world";
import { sampleJobs } from "../test/samples";
import { movesOf, orderedJobs } from "./board";

test("what runs is first, then what waits by its turns, then what has ended", () => {
  const [job] = sampleJobs(boardWorld("board"));
  if (!job) throw new Error("no job");
  const at = (id: string, state: typeof job.state, turn: number, created_at: string) => ({ ...job, id, state, turn, created_at });
  const jobs = [
    at("ended", "done", 1, "2026-08-21T09:00:00Z"),
    at("second", "queued", 20, "2026-08-21T10:00:00Z"),
    at("first", "queued", 10, "2026-08-21T11:00:00Z"),
    at("runs", "running", 99, "2026-08-21T08:00:00Z"),
  ];
  const ordered = orderedJobs(Object.fromEntries(jobs.map((one) => [one.id, one])));
  expect(ordered.map((one) => one.id)).toEqual(["runs", "first", "second", "ended"]);
});

test("a waiting job goes before another, or behind all", () => {
  const queue = ["a", "b", "c"];
  expect(movesOf("a", queue)).toEqual({ down: "c", last: null });
  expect(movesOf("b", queue)).toEqual({ first: "a", up: "a", down: null, last: null });
  expect(movesOf("c", queue)).toEqual({ first: "a", up: "b" });
  expect(movesOf("a", ["a"])).toEqual({});
  expect(movesOf("x", queue)).toEqual({});
});
