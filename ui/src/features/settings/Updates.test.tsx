/** A person looks for an update: nobody is asked before, nothing is installed unproven, and the restart is asked for. */

import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { fakePlatform } from "../../platform/fake/platform";
import { findings } from "../../test/axe";
import { Stage } from "../../test/states";
import { Updates } from "./Updates";

const user = userEvent.setup();

async function open() {
  const platform = fakePlatform({ scene: "board" });
  render(
    <Stage language="en" platform={platform}>
      <div className="settings">
        <Updates />
      </div>
    </Stage>,
  );
  await screen.findByRole("textbox", { name: /^Updates/ });
  return platform;
}

test("an update is found, proven and installed, by the keyboard alone", async () => {
  const platform = await open();
  const none = screen.getByRole("button", { name: "No address to ask" });
  expect(none.hasAttribute("disabled")).toBe(true);
  await user.tab();
  await user.keyboard("https://updates.example.com/latest.json");
  expect(platform.calls.filter((name) => name.endsWith("_update"))).toEqual([]);
  await user.tab();
  expect(document.activeElement?.textContent).toBe("Check for updates");
  await user.keyboard("{Enter}");
  const download = await screen.findByRole("button", { name: "Download 9.9.9" });
  expect(platform.calls.indexOf("save_settings")).toBeLessThan(platform.calls.indexOf("check_update"));
  expect(await findings(document.body)).toEqual([]);
  await user.tab();
  expect(document.activeElement).toBe(download);
  await user.keyboard("{Enter}");
  const install = await screen.findByRole("button", { name: "Install 9.9.9 and restart" });
  expect(screen.getByText(/closes and starts again/)).toBeDefined();
  expect(platform.calls).not.toContain("install_update");
  await user.click(install);
  await screen.findByText(/9.9.9 is installed/);
});

test("what is refused is said in its place, and can be tried again", async () => {
  await open();
  const field = screen.getByRole("textbox", { name: /^Updates/ });
  await user.type(field, "http://example.com/");
  await user.click(screen.getByRole("button", { name: "Check for updates" }));
  expect((await screen.findByRole("alert")).textContent).toMatch(/is not https/);
  await user.clear(field);
  await user.type(field, "https://example.com/none");
  await user.click(screen.getByRole("button", { name: "Check for updates" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  await screen.findByText(/Nothing newer/);
});

test("a file is enough, without any address", async () => {
  const platform = await open();
  await user.click(screen.getByRole("button", { name: "Install from a file…" }));
  await screen.findByRole("button", { name: "Install 9.9.9 and restart" });
  expect(platform.calls).not.toContain("check_update");
});
