/** Times of day are read as people type them. */
import { expect, it } from "vitest";
import { isQuiet, minuteOf, timeOf } from "./clock";

it("reads times as people type them, and writes them in one way", () => {
  for (const [text, time] of [
    ["9", "09:00"],
    ["9:05", "09:05"],
    ["23：59", "23:59"],
    ["0905", "09:05"],
    [" 7.30 ", "07:30"],
  ] as const) {
    expect(timeOf(minuteOf(text) ?? -1)).toBe(time);
  }
  for (const text of ["", "24:00", "9:60", "nine", "-1", "9:5:1"]) expect(minuteOf(text)).toBeNull();
});

it("knows quiet hours, over midnight too", () => {
  const at = (hours: number, minutes = 0) => new Date(2026, 7, 21, hours, minutes);
  const day = { from_minute: 540, to_minute: 1080, limit_bytes_per_sec: null };
  expect([at(8, 59), at(9), at(17, 59), at(18)].map((now) => isQuiet(day, now))).toEqual([false, true, true, false]);
  const night = { ...day, from_minute: 1320, to_minute: 360 };
  expect([at(21, 59), at(22), at(0), at(5, 59), at(6)].map((now) => isQuiet(night, now))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(isQuiet(null, at(12))).toBe(false);
});
