/** The walk through all backups, deletion, object storage and a restore, on the made-up world. */
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { fakePlatform } from "../platform/fake/platform";
import { openSession } from "../state/session";
import { App } from "./App";

const user = userEvent.setup();

async function openMenu(name: string, item: RegExp) {
  const platform = fakePlatform({ scene: "board" });
  render(<App session={openSession(platform)} />);
  await user.click(await screen.findByRole("button", { name: `Column menu: ${name}` }));
  await user.click(screen.getByRole("menuitem", { name: item }));
  return platform;
}

beforeEach(() => {
  Object.defineProperty(document, "elementFromPoint", { configurable: true, value: () => null });
});

test("a backup is deleted from the list of all; the sheet goes back to the list as it was", async () => {
  const platform = await openMenu("beijing", /^All backups/);
  const list = await screen.findByRole("dialog", { name: /^All backups of beijing/ });
  await user.type(await within(list).findByRole("searchbox"), "#42");
  await waitFor(() => expect(list.querySelectorAll("[data-backup-version]")).toHaveLength(2));
  await user.click(within(list).getAllByRole("button", { name: /^Actions for #42/ })[0] ?? list);
  await user.click(screen.getByRole("menuitem", { name: "Delete…" }));
  const removal = await screen.findByRole("dialog", { name: "Delete the backup of #42" });
  const button = await within(removal).findByRole("button", { name: "Delete the record" });
  expect(button).toHaveProperty("disabled", true);
  await user.type(within(removal).getByRole("textbox", { name: "Cluster name" }), "beijing");
  await user.click(within(removal).getByRole("checkbox"));
  expect(platform.calls).not.toContain("delete_backup");
  await user.click(within(removal).getByRole("button", { name: "Delete record and package" }));
  await screen.findByRole("dialog", { name: "The backup of #42 is deleted" });
  await user.keyboard("{Escape}");
  const again = await screen.findByRole("dialog", { name: /^All backups of beijing/ });
  await waitFor(() => expect(again.querySelectorAll("[data-backup-version]")).toHaveLength(1));
  expect(within(again).getByRole("searchbox")).toHaveProperty("value", "#42");
});

test("object storage is tested and saved; what was typed as a key is gone from the page", async () => {
  const platform = await openMenu("shanghai", /^Object storage/);
  const sheet = await screen.findByRole("dialog", { name: /^Object storage of shanghai/ });
  await user.type(await within(sheet).findByLabelText("Secret key"), "s3cret-key");
  await user.click(within(sheet).getByRole("button", { name: "Test" }));
  expect(await within(sheet).findByText("All steps work")).toBeDefined();
  expect(platform.calls).not.toContain("save_storage");
  await user.click(within(sheet).getByRole("button", { name: "Save on the console" }));
  expect(await within(sheet).findByText("Saved")).toBeDefined();
  expect(within(sheet).getByLabelText("Secret key")).toHaveProperty("value", "");
});

test("the version at the foot of a column tells what it can do", async () => {
  const platform = fakePlatform({ scene: "board" });
  render(<App session={openSession(platform)} />);
  await user.click(await screen.findByRole("button", { name: /can do… shanghai v6\.9\.8$/ }));
  expect(await screen.findByRole("dialog", { name: /^What shanghai can do/ })).toBeDefined();
});

test("several apps are backed up by one button; the one that is blocked is left out", async () => {
  const platform = fakePlatform({ scene: "board" });
  render(<App session={openSession(platform)} />);
  const column = await screen.findByRole("region", { name: "beijing" });
  const open = await within(column).findByRole("button", { name: "Back up…" });
  await waitFor(() => expect(open).toHaveProperty("disabled", false));
  await user.click(open);
  await user.click(screen.getByRole("menuitem", { name: /^Back up several/ }));
  const sheet = await screen.findByRole("dialog", { name: /^Back up several apps of beijing/ });
  await user.type(within(sheet).getByRole("textbox", { name: "Note" }), "nightly");
  await user.click(await within(sheet).findByRole("button", { name: "Back up 3 apps" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(platform.calls.filter((name) => name === "start_plan")).toHaveLength(3);
});
