/** What is remembered comes back; what is damaged does not. */
import { expect, test } from "vitest";
import { layoutOf, PLAIN_LAYOUT, windowMemory } from "./memory";

test("a layout comes back as it was kept", () => {
  const layout = { widths: { "c-beijing/beijing": 320 }, libraryHidden: true, searches: ["升级前"] };
  windowMemory.saveLayout(layout);
  expect(windowMemory.layout()).toEqual(layout);
});

test.each([null, 7, "x", [], { widths: 3, searches: { a: 1 } }, { widths: { a: "wide" }, searches: [7] }])(
  "%j is no layout",
  (kept) => {
    expect(layoutOf(kept)).toEqual(PLAIN_LAYOUT);
  },
);

test("widths stay within what can be read", () => {
  expect(layoutOf({ widths: { a: 2, b: 99_999 } }).widths).toEqual({ a: 200, b: 720 });
});

test("a damaged memory is an empty one", () => {
  window.localStorage.setItem("rainferry.board", "{");
  window.localStorage.setItem("rainferry.teams", "[");
  expect(windowMemory.layout()).toEqual(PLAIN_LAYOUT);
  expect(windowMemory.teams()).toEqual({});
});
