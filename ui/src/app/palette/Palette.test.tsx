/** A person's way through the palette, by keys alone. */
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { type FakePlatform, fakePlatform } from "../../platform/fake/platform";
import { openSession } from "../../state/session";
import { App } from "../App";

const user = userEvent.setup();

async function openPalette(scene = "board", language: "en" | "zh" = "en"): Promise<FakePlatform> {
  const platform = fakePlatform({ scene, language });
  render(<App session={openSession(platform)} />);
  if (scene === "welcome") await screen.findByRole("button", { name: "Try with sample clusters" });
  else await waitFor(() => expect(document.querySelectorAll("[data-backup-version]").length).toBeGreaterThan(5));
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("combobox", { name: /^Find a cluster|^查找集群/ });
  return platform;
}

/** The row that Enter would take, as a screen reader is told. */
function chosen(): string {
  const id = screen.getByRole("combobox", { name: /./, expanded: true }).getAttribute("aria-activedescendant") ?? "";
  return document.getElementById(id)?.textContent ?? "";
}

beforeEach(() => {
  Object.defineProperty(document, "elementFromPoint", { configurable: true, value: () => null });
});

test("an action by a few letters and Enter; Esc closes; the focus returns", async () => {
  await openPalette();
  expect(screen.getByRole("group", { name: "Actions" })).toBeDefined();
  await user.keyboard("settin");
  expect(chosen()).toContain("Settings");
  await user.keyboard("{Enter}");
  await screen.findByRole("dialog", { name: "Settings" });
  await user.keyboard("{Control>}k{/Control}");
  expect(screen.queryByRole("combobox", { name: /^Find/ })).toBeNull();
  await user.keyboard("{Escape}");
  const search = screen.getByRole("searchbox", { name: "Search apps and backups" });
  search.focus();
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("dialog", { name: "Command palette" });
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement).toBe(search);
});

test("migrate an app to a place, in words: the plan opens and nothing starts", async () => {
  const platform = await openPalette();
  await user.keyboard("migrate 商城 shanghai ops");
  expect(chosen()).toContain("Migrate 商城 to shanghai / ops…");
  expect(chosen()).toContain("newest backup");
  await user.keyboard("{ArrowDown}");
  expect(chosen()).toContain("as it runs");
  await user.keyboard("{Enter}");
  await screen.findByRole("dialog", { name: /^Plan: migrate 商城 to shanghai/ });
  expect(platform.calls).not.toContain("start_plan");
});

test("in Chinese: an app is found and backed up", async () => {
  await openPalette("board", "zh");
  await user.keyboard("备份 物流");
  expect(chosen()).toContain("备份 物流跟踪");
  await user.keyboard("{Enter}");
  await screen.findByRole("dialog", { name: /^计划：备份 物流跟踪|^计划/ });
});

test("the arrow to the right lists what can be done with a backup, with the reasons why not; back leads back", async () => {
  await openPalette();
  await user.keyboard("crm 升级");
  const backups = screen.getByRole("group", { name: "Backups" });
  expect(within(backups).getAllByRole("option")).toHaveLength(2);
  expect(chosen()).toContain("crm ·");
  await user.keyboard("{ArrowRight}");
  expect(screen.getByRole("option", { name: /Restore beside/ })).toBeDefined();
  await user.keyboard("migrate{Enter}");
  const factory = within(screen.getByRole("dialog")).getByRole("option", { name: /^factory/ });
  expect(factory.getAttribute("aria-disabled")).toBe("true");
  await user.keyboard("factory{Enter}");
  expect(screen.getByRole("dialog", { name: "Command palette" })).toBeDefined();
  await user.keyboard("{Escape}{Escape}");
  expect(screen.getByRole("combobox", { name: /^Find/ })).toBeDefined();
});

test("a backup is shown: selected, in the inspector, and its row has the focus", async () => {
  await openPalette();
  await user.keyboard("gitea weekly{Enter}");
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^gitea, /));
  expect(document.activeElement?.getAttribute("aria-pressed")).toBe("true");
  expect(within(screen.getByRole("complementary", { name: "Inspector" })).getByText("gitea")).toBeDefined();
});

test("an earlier backup and one of an app that is gone are unfolded", async () => {
  await openPalette();
  await user.keyboard("42 weekly{Enter}");
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^#42, /));
});

test("how many there are is said; nothing is said, too", async () => {
  await openPalette();
  const dialog = screen.getByRole("dialog");
  await user.keyboard("nightly");
  expect(within(dialog).getByRole("status").textContent).toMatch(/^6 of \d+ results$/);
  await user.keyboard("qqqq");
  expect(within(dialog).getByRole("status").textContent).toBe("Nothing found");
  expect(within(dialog).getByText("Nothing fits")).toBeDefined();
});

test("a cluster whose column is closed opens; the language is switched by its name", async () => {
  await openPalette();
  await user.keyboard("shanghai{ArrowRight}");
  expect(screen.getByRole("option", { name: "All backups…" })).toBeDefined();
  await user.keyboard("{Escape}{Escape}");
  await user.click(screen.getByRole("button", { name: "Column menu: shanghai" }));
  await user.click(screen.getByRole("menuitem", { name: "Close column" }));
  expect(screen.queryByRole("region", { name: "shanghai" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Command palette" }));
  await user.keyboard("rainbond shanghai{Enter}");
  await screen.findByRole("region", { name: "shanghai" });
  await user.keyboard("{Control>}k{/Control}中文{Enter}");
  await screen.findByRole("region", { name: "本机" });
});

test("before the first cluster there are the three doors", async () => {
  await openPalette("welcome");
  await user.keyboard("sample{Enter}");
  await screen.findByRole("region", { name: "beijing" });
});
