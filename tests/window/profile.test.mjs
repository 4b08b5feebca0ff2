/**
 * A cluster saved in the window is there after a restart, its password in the keyring and in no file.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { until, Window } from "./driver.mjs";
import { Served } from "./served.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-profile-"));
let served;
let window;

describe("a saved cluster", { timeout: 300_000 }, () => {
  before(async () => {
    served = await Served.start();
    window = await Window.open(home);
  });
  after(async () => {
    await window?.close();
    await served?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const field = async (sheet, name) => window.element("textbox", name, { within: sheet });

  it("is tested layer by layer, and a wrong password is named", async () => {
    const shanghai = served.cluster("shanghai");
    await window.click(await window.element("button", "Add cluster"));
    const sheet = await window.element("dialog");
    await window.fill(await field(sheet, "Name"), "my cluster");
    await window.fill(await field(sheet, "Address"), shanghai.console_url);
    await window.fill(await field(sheet, "User"), shanghai.user);
    await window.fill(await field(sheet, "Password"), "not-the-password");
    await window.click(await window.element("button", { source: "^Test" }, { within: sheet }));
    await until("the refused login", () => window.read("return !!arguments[0].querySelector('[data-rung-state=failed]')", sheet), { seconds: 30 });
    await window.picture("10-connect-refused-en-light");
    await window.fill(await field(sheet, "Password"), shanghai.password);
    await window.click(await window.element("button", { source: "^(Add|Save)$" }, { within: sheet }));
    await window.gone("dialog");
    await window.element("region", { source: "^my cluster$" });
  });

  it("has its password in the keyring and in no file", () => {
    const { password } = served.cluster("shanghai");
    const found = execFileSync("secret-tool", ["search", "--all", "service", "rainferry"], { encoding: "utf8" });
    assert.ok(found.includes(`secret = ${password}`), "secret-tool finds the password");
    for (const entry of readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      const file = path.join(entry.parentPath, entry.name);
      assert.ok(!readFileSync(file).includes(password), `${file} holds the password`);
    }
  });

  it("is there after a restart, without asking for the password", async () => {
    await window.close();
    window = await Window.open(home);
    // Looked for anew each time: the column that says it is loading is not the one that has loaded.
    const hasApps = async () => {
      const column = await window.find("region", { source: "^my cluster$" });
      return column && (await window.read("return !!arguments[0].querySelector('[data-app-name]')", column));
    };
    await until("its apps", hasApps, { seconds: 30 });
    await window.picture("11-after-restart-en-light");
  });
});
