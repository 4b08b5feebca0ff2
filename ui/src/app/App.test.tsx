/** The walk of a person through the window, on the made-up world. */
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { type FakePlatform, fakePlatform } from "../platform/fake/platform";
import { openSession } from "../state/session";
import { App } from "./App";

function openWindow(scene = "board", language: "en" | "zh" = "en"): FakePlatform {
  const platform = fakePlatform({ scene, language });
  render(<App session={openSession(platform)} />);
  return platform;
}

const column = (name: string) => screen.findByRole("region", { name });
const user = userEvent.setup();

/** By menu: the same as a drag, and jsdom has no layout to drag over. */
async function migrate(from: string, card: RegExp, target: string) {
  const source = await column(from);
  await user.pointer({ keys: "[MouseRight]", target: (await within(source).findAllByRole("button", { name: card }))[0] });
  await user.click(screen.getByRole("menuitem", { name: "Migrate to…" }));
  await user.click(screen.getByRole("menuitem", { name: new RegExp(target) }));
  return screen.findByRole("dialog", { name: /^Plan/ });
}

beforeEach(() => {
  Object.defineProperty(document, "elementFromPoint", { configurable: true, value: () => null });
});

test("first run offers the samples, and shows their board", async () => {
  openWindow("welcome");
  await user.click(await screen.findByRole("button", { name: "Try with sample clusters" }));
  const beijing = await column("beijing");
  expect(await within(beijing).findByRole("button", { name: /^商城, Running/ })).toBeDefined();
  expect(within(beijing).getByRole("combobox", { name: "Team: beijing" })).toHaveProperty("value", "shop");
});

test("a backup is migrated: menu, plan, button, job", async () => {
  const platform = openWindow();
  const sheet = await migrate("beijing", /^商城, .* 10:30:12/, "shanghai / ops");
  expect(platform.calls).not.toContain("start_plan");
  await user.click(await within(sheet).findByRole("button", { name: "Migrate to shanghai" }));
  const drawer = await screen.findByRole("region", { name: "Transfers" });
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(drawer.querySelector("[data-job-state=queued]")).not.toBeNull();
  await user.click(within(drawer).getByRole("button", { name: "Cancel: 商城" }));
  await waitFor(() => expect(drawer.querySelector("[data-job-state=cancelling]")).not.toBeNull());
});

test("production wants its name typed; Enter does not start it", async () => {
  const platform = openWindow();
  const sheet = await migrate("shanghai", /^wiki, \d/, "beijing / 商城团队");
  const button = await within(sheet).findByRole("button", { name: "Migrate to beijing (PROD)" });
  expect(button).toHaveProperty("disabled", true);
  const box = within(sheet).getByRole("textbox", { name: "Cluster name" });
  await user.type(box, "beijin{Enter}");
  expect(button).toHaveProperty("disabled", true);
  await user.type(box, "g{Enter}");
  expect(button).toHaveProperty("disabled", false);
  expect(platform.calls).not.toContain("start_plan");
  await user.click(button);
  await waitFor(() => expect(platform.calls).toContain("start_plan"));
});

test("a blocked plan says how many, and cannot be started", async () => {
  openWindow();
  const sheet = await migrate("shanghai", /^crm, \d/, "beijing / 商城团队");
  expect(await within(sheet).findByText("Fix 1 check first")).toBeDefined();
  expect(sheet.querySelectorAll("[data-check-level=block]")).toHaveLength(1);
  expect(within(sheet).getByRole("button", { name: "Migrate to beijing (PROD)" })).toHaveProperty("disabled", true);
});

test("other options make another plan", async () => {
  const platform = openWindow();
  const sheet = await migrate("beijing", /^商城, .* 10:30:12/, "shanghai / ops");
  await user.click(await within(sheet).findByRole("checkbox", { name: "Start after arrival" }));
  await waitFor(() => expect(within(sheet).queryByText("Components are started after arrival")).toBeNull());
  expect(platform.calls.filter((name) => name === "make_plan").length).toBe(2);
});

test("a backup needs a note, and a decision about what is stateful", async () => {
  openWindow();
  const beijing = await column("beijing");
  await user.click(await within(beijing).findByRole("button", { name: "Back up…" }));
  await user.click(screen.getByRole("menuitem", { name: "商城" }));
  const sheet = await screen.findByRole("dialog", { name: /^Plan: back up 商城/ });
  const button = within(sheet).getByRole("button", { name: "Back up on beijing (PROD)" });
  await user.type(within(sheet).getByRole("textbox", { name: "Note" }), "before v3");
  await user.click(within(sheet).getByRole("radio", { name: /^Stop them/ }));
  await waitFor(() => expect(button).toHaveProperty("disabled", false));
});

test("a file of the desktop on a cluster opens a plan, on this computer it is opened", async () => {
  const platform = openWindow();
  await column("shanghai");
  const path = "/home/me/Desktop/商城.tar.zst";
  Object.defineProperty(document, "elementFromPoint", {
    configurable: true,
    value: () => document.querySelector("[data-drop=library]"),
  });
  act(() => platform.drag({ kind: "over", paths: [path], x: 1, y: 1 }));
  expect(screen.getByText("Open here")).toBeDefined();
  expect(screen.getByText("Cannot drop: read-only")).toBeDefined();
  act(() => platform.drag({ kind: "drop", paths: [path], x: 1, y: 1 }));
  expect(await screen.findByText("Opened from elsewhere")).toBeDefined();
});

test("one column that fails leaves the others alone", async () => {
  openWindow("failing");
  const chengdu = await column("chengdu");
  expect(within(chengdu).getByText("Cannot reach chengdu")).toBeDefined();
  expect(within(chengdu).getByRole("button", { name: "Retry" })).toBeDefined();
  expect(await within(await column("shanghai")).findByRole("button", { name: /^wiki, Running/ })).toBeDefined();
});

test("a connection is tested and added; the password is never shown again", async () => {
  openWindow();
  await user.click((await screen.findAllByRole("button", { name: "Add cluster" }))[0] ?? document.body);
  const sheet = await screen.findByRole("dialog", { name: "Add cluster" });
  await user.type(within(sheet).getByRole("textbox", { name: "Address" }), "https://console.gz.example.com");
  await user.type(within(sheet).getByRole("textbox", { name: "User" }), "admin");
  await user.type(within(sheet).getByLabelText("Password"), "s3cret");
  expect(within(sheet).getByRole("textbox", { name: "Name" })).toHaveProperty("value", "gz");
  await user.click(within(sheet).getByRole("button", { name: "Test" }));
  expect(await within(sheet).findByText("Store fails")).toBeDefined();
  expect(sheet.querySelectorAll("[data-rung-state=passed]")).toHaveLength(7);
  await user.click(within(sheet).getByRole("button", { name: "Add" }));
  expect(await column("gz")).toBeDefined();
  expect(document.body.innerHTML).not.toContain("s3cret");
});

test("a certificate that nobody vouches for is shown, and trusted alone once the user says so", async () => {
  openWindow();
  await user.click((await screen.findAllByRole("button", { name: "Add cluster" }))[0] ?? document.body);
  const sheet = await screen.findByRole("dialog", { name: "Add cluster" });
  await user.type(within(sheet).getByRole("textbox", { name: "Address" }), "https://self-signed.example.com");
  await user.type(within(sheet).getByRole("textbox", { name: "User" }), "admin");
  await user.click(within(sheet).getByRole("button", { name: "Test" }));
  expect(await within(sheet).findByText(/does not trust the certificate/)).toBeDefined();
  const shown = sheet.querySelector("[data-fingerprint]")?.getAttribute("data-fingerprint") ?? "";
  expect(shown).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(within(sheet).getByRole("textbox", { name: /^Trusted certificate/, hidden: true })).toHaveProperty("value", "");
  await user.click(within(sheet).getByRole("button", { name: "Trust exactly this one" }));
  expect(await within(sheet).findByText("Store fails")).toBeDefined();
  expect(within(sheet).getByRole("textbox", { name: /^Trusted certificate/, hidden: true })).toHaveProperty("value", shown);
  expect(sheet.querySelector("[data-fingerprint]")).toBeNull();
});

test("the search goes through every column; Chinese is one press away", async () => {
  openWindow();
  await user.type(await screen.findByRole("searchbox", { name: "Search apps and backups" }), "wiki");
  expect(within(await column("beijing")).getByText("Nothing fits the filter")).toBeDefined();
  expect(within(await column("shanghai")).getAllByRole("button", { name: /^wiki/ }).length).toBeGreaterThan(0);
  await user.click(screen.getByRole("button", { name: "中文" }));
  expect(await column("本机")).toBeDefined();
  expect(document.documentElement.lang).toBe("zh-CN");
});

test("twenty thousand backups are a handful of rows", async () => {
  openWindow("crowded");
  await user.click(await screen.findByRole("button", { name: "By time" }));
  const beijing = await column("beijing");
  await within(beijing).findAllByRole("listitem");
  const rows = within(beijing).getAllByRole("listitem");
  expect(rows[0]?.getAttribute("aria-setsize")).toBe("20000");
  expect(rows.length).toBeLessThan(60);
});

test("arrow keys go from row to row", async () => {
  openWindow();
  const beijing = await column("beijing");
  const [first] = await within(beijing).findAllByRole("button", { name: /^商城, Running/ });
  first?.focus();
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^商城, .* 10:30:12/);
  vi.restoreAllMocks();
});

test("a running app is migrated from its own menu: it is backed up first", async () => {
  const platform = openWindow();
  const beijing = await column("beijing");
  await user.click(await within(beijing).findByRole("button", { name: "Actions for 商城" }));
  expect(screen.getByRole("menuitem", { name: "Export to this computer…" })).toBeDefined();
  await user.click(screen.getByRole("menuitem", { name: "Migrate to…" }));
  await user.click(screen.getByRole("menuitem", { name: /^shanghai \/ ops/ }));
  await screen.findByRole("dialog", { name: /^Plan: migrate 商城 to shanghai/ });
  expect(platform.calls).toContain("make_plan");
});
