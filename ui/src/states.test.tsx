/** Renders every state of every feature, in both languages, and asks axe about it. */
import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { findings } from "./test/axe";
import { type ScreenStates, Stage } from "./test/states";

const files = import.meta.glob<{ states: ScreenStates }>("./{app,features,parts}/**/*.states.tsx", { eager: true });
const cases = Object.entries(files).flatMap(([path, file]) =>
  Object.entries(file.states).map(([name, state]) => ({ name: `${path.replace(/^.*\/|\.states\.tsx$/g, "")}: ${name}`, state })),
);

test("every feature has states", () => {
  const features = Object.keys(import.meta.glob("./features/*/*.tsx")).map((path) => path.split("/")[2]);
  const shown = Object.keys(files).flatMap((path) => (path.startsWith("./features/") ? [path.split("/")[2]] : []));
  expect([...new Set(shown)].sort()).toEqual([...new Set(features)].sort());
});

test.each(cases)("$name", async ({ state }) => {
  const complained = vi.spyOn(console, "error");
  const english = render(
    <Stage state={state.state} language="en">
      {state.draw()}
    </Stage>,
  );
  if (state.shows)
    expect(
      screen.getAllByText(state.shows, { exact: typeof state.shows !== "string" ? undefined : true }).length,
    ).toBeGreaterThan(0);
  const said = document.body.textContent ?? "";
  expect(said).not.toMatch(/undefined|NaN|\[object/);
  expect(await findings(document.body)).toEqual([]);
  english.unmount();
  render(
    <Stage state={state.state} language="zh">
      {state.draw()}
    </Stage>,
  );
  expect(document.body.textContent).not.toMatch(/undefined|NaN|\[object/);
  expect(complained.mock.calls.filter(([text]) => !String(text).includes("not wrapped in act"))).toEqual([]);
  complained.mockRestore();
});
