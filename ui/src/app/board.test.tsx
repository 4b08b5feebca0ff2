/** A person lays the board out: columns hidden and shown, moved, resized; searches kept. All of it is there the next time. */
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { type FakePlatform, fakePlatform } from "../platform/fake/platform";
import { DEFAULT_SETTINGS } from "../state/model";
import { openSession } from "../state/session";
import { findings } from "../test/axe";
import { App } from "./App";

const user = userEvent.setup();

async function openBoard(platform = fakePlatform({ scene: "board" })): Promise<{ platform: FakePlatform; close: () => void }> {
  const { unmount } = render(<App session={openSession(platform)} />);
  await screen.findByRole("region", { name: "shanghai" });
  await waitFor(() => expect(document.querySelectorAll("[data-backup-version]").length).toBeGreaterThan(5));
  return { platform, close: unmount };
}

const order = () => [...document.querySelectorAll(".board section.column")].map((one) => one.getAttribute("aria-label"));

beforeEach(() => {
  Object.defineProperty(document, "elementFromPoint", { configurable: true, value: () => null });
});

test("columns are ticked off and on again, this computer too, and it is remembered", async () => {
  const { platform, close } = await openBoard();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  const tick = screen.getByRole("menuitemcheckbox", { name: "factory" });
  expect(tick.getAttribute("aria-checked")).toBe("true");
  expect(await findings(document.body)).toEqual([]);
  await user.click(tick);
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(screen.getByRole("menuitemcheckbox", { name: "This computer" }));
  expect(order()).toEqual(["beijing", "shanghai"]);
  close();
  const again = await openBoard(platform);
  expect(order()).toEqual(["beijing", "shanghai"]);
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(screen.getByRole("menuitem", { name: "Show all columns" }));
  await waitFor(() => expect(order()).toEqual(["beijing", "shanghai", "factory", "This computer"]));
  again.close();
});

test("Alt+Shift and an arrow moves the column that has the focus, and says where it is now", async () => {
  const { platform } = await openBoard();
  const team = screen.getByRole("combobox", { name: "Team: beijing" });
  team.focus();
  await user.keyboard("{Alt>}{Shift>}{ArrowRight}{/Shift}{/Alt}");
  await waitFor(() => expect(order().slice(0, 2)).toEqual(["shanghai", "beijing"]));
  expect(screen.getByText("beijing is column 2 of 3")).toBeDefined();
  expect(platform.calls).toContain("save_settings");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("combobox", { name: "Team: beijing" })));
});

test("a column is taken at its head and let go before another; Esc puts it back", async () => {
  await openBoard();
  const slots = [...document.querySelectorAll<HTMLElement>("[data-slot]")];
  for (const [index, slot] of slots.entries()) slot.getBoundingClientRect = () => new DOMRect(index * 200, 0, 200, 600);
  const head = screen.getByRole("region", { name: "factory" }).querySelector("h2") ?? document.body;
  fireEvent.pointerDown(head, { button: 0, clientX: 450 });
  fireEvent.pointerMove(window, { clientX: 40 });
  expect(document.querySelector(".column-slot.before")).toBe(slots[0]);
  fireEvent.keyDown(window, { key: "Escape" });
  fireEvent.pointerUp(window, { clientX: 40 });
  expect(order()[0]).toBe("beijing");
  fireEvent.pointerDown(head, { button: 0, clientX: 450 });
  fireEvent.pointerMove(window, { clientX: 40 });
  fireEvent.pointerUp(window, { clientX: 40 });
  await waitFor(() => expect(order().slice(0, 3)).toEqual(["factory", "beijing", "shanghai"]));
});

test("the edge of a column is moved by arrow keys and by the pointer; Enter shares the room again", async () => {
  const { platform, close } = await openBoard();
  const edge = () => screen.getByRole("separator", { name: "Width of beijing" });
  edge().focus();
  await user.keyboard("{ArrowRight}{PageDown}");
  const wide = Number(edge().getAttribute("aria-valuenow"));
  expect(wide).toBeGreaterThan(200);
  expect(edge().parentElement?.style.width).toBe(`${wide}px`);
  fireEvent.pointerDown(edge(), { button: 0, clientX: 300, pointerId: 1 });
  fireEvent.pointerMove(edge(), { clientX: 320 });
  fireEvent.pointerUp(edge(), { clientX: 5000 });
  expect(edge().getAttribute("aria-valuenow")).toBe("720");
  close();
  await openBoard(platform);
  expect(edge().getAttribute("aria-valuenow")).toBe("720");
  edge().focus();
  await user.keyboard("{Enter}");
  expect(edge().parentElement?.style.width).toBe("");
});

test("a search says how much of each column it shows; it is kept, chosen again, and forgotten", async () => {
  await openBoard();
  const search = screen.getByRole("searchbox", { name: "Search apps and backups" });
  await user.type(search, "升级前");
  const shanghai = screen.getByRole("region", { name: "shanghai" });
  expect(within(shanghai).getByText("1 of 5 apps · 2 of 32 backups")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Saved searches" }));
  await user.click(screen.getByRole("menuitem", { name: "Save “升级前”" }));
  await user.clear(search);
  expect(within(shanghai).queryByText(/of 5 apps/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "Saved searches" }));
  await user.click(screen.getByRole("menuitemcheckbox", { name: "升级前" }));
  expect(search).toHaveProperty("value", "升级前");
  await user.click(screen.getByRole("button", { name: "Saved searches" }));
  await user.click(screen.getByRole("menuitem", { name: "Forget…" }));
  await user.click(screen.getByRole("menuitem", { name: "升级前" }));
  await user.click(screen.getByRole("button", { name: "Saved searches" }));
  expect(screen.queryByRole("menuitemcheckbox")).toBeNull();
});

test("two backups are selected with Ctrl and compared; the package of one is opened view by view", async () => {
  await openBoard();
  const shanghai = screen.getByRole("region", { name: "shanghai" });
  const [first, second] = within(shanghai).getAllByRole("button", { name: /^wiki, \d/ });
  await user.click(first ?? shanghai);
  second?.focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  const panel = screen.queryByRole("complementary", { name: "Inspector" }) ?? document.body;
  await user.click(await within(panel).findByRole("button", { name: "Compare the two" }));
  const sheet = await screen.findByRole("dialog", { name: "Compare: wiki" });
  await waitFor(() => expect(sheet.querySelector("[data-differences]")).not.toBeNull());
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "Keep only the first one selected" }));
  await user.click(await screen.findByRole("button", { name: "Look inside…" }));
  const inside = await screen.findByRole("dialog", { name: "Inside the package of wiki" });
  (await within(inside).findByRole("tab", { name: "Overview" })).focus();
  await user.keyboard("{ArrowRight}{ArrowRight}");
  expect(
    within(inside)
      .getByRole("tab", { name: /^Config/ })
      .getAttribute("aria-selected"),
  ).toBe("true");
  expect(within(inside).queryByText("Asia/Shanghai")).toBeNull();
  await user.click(within(inside).getByRole("button", { name: "Show values" }));
  expect(within(inside).getAllByText("Asia/Shanghai").length).toBeGreaterThan(0);
  expect(within(inside).getAllByText("looks like a secret: never shown").length).toBeGreaterThan(0);
  await user.click(within(inside).getByRole("tab", { name: /^Files/ }));
  expect(await within(inside).findByRole("rowheader", { name: "console_apps_metadata.json" })).toBeDefined();
  expect(await findings(document.body)).toEqual([]);
  await user.click(within(inside).getByRole("button", { name: "Compare with…" }));
  await screen.findByRole("dialog", { name: "Compare: wiki" });
  await user.keyboard("{Escape}");
  await screen.findByRole("dialog", { name: "Inside the package of wiki" });
});

test("how fast a job is gathers from its events, whoever looks, and shows with the limit", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["Date"] });
  const { platform } = await openBoard(fakePlatform({ scene: "transfers" }));
  await user.click(screen.getByRole("button", { name: "Show transfers" }));
  await user.click(screen.getAllByRole("button", { name: /^商城 → shanghai/ })[0] ?? document.body);
  const jobs = await platform.rpc("list_jobs", null);
  const running = jobs.find((job) => job.state === "running");
  if (!running) throw new Error("nothing runs");
  act(() => platform.tell({ kind: "settings_changed", settings: { ...SETTINGS, limit_bytes_per_sec: 90e6 } }));
  for (let tick = 0; tick < 6; tick++) {
    vi.advanceTimersByTime(600);
    act(() => platform.tell({ kind: "job_changed", job: { ...running, bytes_per_sec: 80e6 + tick * 1e6 } }));
  }
  const graph = await screen.findByRole("img", { name: /^Throughput, 85 MB\/s now, peak 85 MB\/s, limit 90 MB\/s for all$/ });
  expect(graph.querySelector(".graph-limit")).not.toBeNull();
  await user.click(screen.getByRole("button", { name: /^Steps/ }));
  expect(screen.getByRole("table", { name: "Steps" })).toBeDefined();
  vi.useRealTimers();
});

const SETTINGS = {
  language: "en",
  theme: "light",
  library_dir: null,
  columns: null,
  zoom_percent: null,
  update_endpoint: null,
  desktop: DEFAULT_SETTINGS.desktop,
} as const;
