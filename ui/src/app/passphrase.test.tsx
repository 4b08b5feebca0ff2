/** Encrypted bundles in the page: a passphrase is wanted where credentials are found, asked for once to open, and stays nowhere. */
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { fakePlatform } from "../platform/fake/platform";
import { openSession } from "../state/session";
import { App } from "./App";

const user = userEvent.setup();
const WORD = "sesame";

function openWindow() {
  // Wide enough for the inspector.
  Object.defineProperty(window, "innerWidth", { configurable: true, value: 1400 });
  const platform = fakePlatform({ scene: "board", language: "en" });
  render(<App session={openSession(platform)} />);
  return platform;
}

const column = (name: string) => screen.findByRole("region", { name });
const card = (name: RegExp) => screen.findByRole("button", { name });

async function openExport() {
  const cards = await within(await column("beijing")).findAllByRole("button", { name: /^商城, .* 10:30:12/ });
  await user.pointer({ keys: "[MouseRight]", target: cards[0] });
  await user.click(screen.getByRole("menuitem", { name: "Export to this computer…" }));
  return screen.findByRole("dialog", { name: /^Plan: export 商城/ });
}

test("an export with credentials waits for a passphrase typed twice, or for the box to be taken off", async () => {
  const platform = openWindow();
  const sheet = await openExport();
  const box = within(sheet).getByRole("checkbox", { name: /^Encrypt the bundle/ });
  expect(box).toHaveProperty("checked", true);
  expect(within(sheet).getByText("3 credentials found in the package")).toBeDefined();
  const button = within(sheet).getByRole("button", { name: "Export to this computer" });
  expect(button).toHaveProperty("disabled", true);
  expect(within(sheet).getByText("Type a passphrase, or take the encryption off")).toBeDefined();

  await user.click(box);
  await waitFor(() => expect(button).toHaveProperty("disabled", false));
  expect(within(sheet).queryByLabelText("Passphrase")).toBeNull();
  await user.click(box);
  await user.type(await within(sheet).findByLabelText(/^Passphrase(?! again)/), WORD);
  await user.type(within(sheet).getByLabelText("Passphrase again"), "sesami");
  expect(await within(sheet).findByText("The two passphrases differ")).toBeDefined();
  expect(button).toHaveProperty("disabled", true);
  await user.type(within(sheet).getByLabelText("Passphrase again"), "{Backspace}e");
  await waitFor(() => expect(button).toHaveProperty("disabled", false));
  await user.click(button);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const [given, started] = [platform.calls.lastIndexOf("give_passphrase"), platform.calls.lastIndexOf("start_plan")];
  expect(given).toBeGreaterThan(0);
  expect(started).toBeGreaterThan(given);
  expect(document.body.innerHTML).not.toContain(WORD);
});

test("an encrypted bundle is opened by its passphrase, and a wrong one is told", async () => {
  openWindow();
  const locked = await card(/账本.*Encrypted; passphrase needed/);
  await user.click(locked);
  const form = await screen.findByRole("form", { name: "Open the bundle" });
  await user.type(within(form).getByLabelText("Passphrase"), "wrong{Enter}");
  expect(await within(form).findByText("It was not opened")).toBeDefined();
  expect(within(form).getByText("The passphrase is not the right one")).toBeDefined();
  await user.clear(within(form).getByLabelText("Passphrase"));
  await user.type(within(form).getByLabelText("Passphrase"), `${WORD}{Enter}`);
  expect(await card(/账本.*Encrypted; open until/)).toBeDefined();
  await waitFor(() => expect(screen.queryByRole("form", { name: "Open the bundle" })).toBeNull());
  expect(document.body.innerHTML).not.toContain(WORD);
});

test("its menu opens it in a sheet", async () => {
  openWindow();
  const locked = await card(/账本.*Encrypted; passphrase needed/);
  await user.pointer({ keys: "[MouseRight]", target: locked });
  expect(screen.queryByRole("menuitem", { name: "Verify" })).toBeNull();
  await user.click(screen.getByRole("menuitem", { name: "Open with a passphrase…" }));
  const sheet = await screen.findByRole("dialog", { name: /^Open 账本/ });
  await user.type(within(sheet).getByLabelText("Passphrase"), `${WORD}{Enter}`);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(await card(/账本.*Encrypted; open until/)).toBeDefined();
});

test("the plan of an encrypted bundle asks for the passphrase, and is made then", async () => {
  openWindow();
  await user.pointer({ keys: "[MouseRight]", target: await card(/账本.*Encrypted; passphrase needed/) });
  await user.click(screen.getByRole("menuitem", { name: "Import to…" }));
  await user.click(screen.getByRole("menuitem", { name: /^shanghai \/ ops/ }));
  const sheet = await screen.findByRole("dialog");
  await user.type(await within(sheet).findByLabelText("Passphrase"), `${WORD}{Enter}`);
  expect(await within(sheet).findByRole("button", { name: "Import to shanghai" })).toBeDefined();
});
