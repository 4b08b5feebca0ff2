/** Samples are gathered from events, and drawn true. */
import { expect, test } from "vitest";
import { loaded, sampleJobs } from "../test/samples";
import { average, gathered, graphed, type Rates } from "./rates";

const [running] = sampleJobs(loaded().world);
if (!running) throw new Error("no job");
const at = (bytes_per_sec: number, paused = false) => ({ ...running, bytes_per_sec, paused });

test("samples come while bytes move, half a second apart, and no more are kept than are drawn", () => {
  let rates: Rates = {};
  rates = gathered(rates, at(0), 0);
  expect(rates).toEqual({});
  rates = gathered(rates, at(10), 1000);
  rates = gathered(rates, at(99), 1100);
  rates = gathered(rates, at(20), 1500);
  rates = gathered(rates, at(0, true), 2500);
  expect(rates[running.id]?.map((one) => one.bytesPerSec)).toEqual([10, 20, 0]);
  rates = gathered(rates, { ...at(5), state: "done" }, 9000);
  expect(rates[running.id]).toHaveLength(3);
  for (let tick = 0; tick < 2000; tick++) rates = gathered(rates, at(tick + 1), 10_000 + tick * 500);
  expect(rates[running.id]?.length).toBe(600);
});

test("the graph goes from the first sample to the last, and never over its top", () => {
  const samples = [
    { at: 0, bytesPerSec: 50 },
    { at: 500, bytesPerSec: 100 },
    { at: 2000, bytesPerSec: 400 },
  ];
  expect(graphed(samples, 200)).toEqual([
    [0, 0.25],
    [0.25, 0.5],
    [1, 1],
  ]);
  expect(average(samples)).toBe((50 * 500 + 100 * 1500) / 2000);
  expect(graphed([], 200)).toEqual([]);
});
