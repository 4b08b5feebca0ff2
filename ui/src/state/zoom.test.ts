/** Larger and smaller by steps, and no further than the window goes. */
import { expect, test } from "vitest";
import { zoomOf } from "./zoom";

test.each([
  ["+", null, 125],
  ["=", 175, 200],
  ["+", 200, 200],
  ["-", null, 80],
  ["-", 80, 80],
  ["0", 175, 100],
  ["k", 100, null],
])("%s at %s is %s", (key, now, next) => {
  expect(zoomOf(key, now)).toBe(next);
});
