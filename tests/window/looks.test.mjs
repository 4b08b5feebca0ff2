/**
 * How the window looks in Chinese, in the dark, narrow, and when something fails; and that nothing runs over its edge.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { KEY, until, Window } from "./driver.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-looks-"));
const app = "商城";
let window;

const column = (name) => window.element("region", { source: `^${name}$` });

/** Nothing wider than the window: what does not fit scrolls inside its own place. */
async function fits() {
  const over = await window.read("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.ok(over <= 0, `the page runs ${over} px over its edge`);
}

async function planFor(target, name) {
  const card = await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app));
  await window.drag(card, await column(target));
  const sheet = await window.element("dialog");
  await until("the checks", () => window.read("return !!arguments[0].querySelector('[data-check-level]')", sheet));
  await window.picture(name);
  await fits();
  await window.type(KEY.escape);
  await window.gone("dialog");
}

describe("the looks of the window", { timeout: 300_000 }, () => {
  before(async () => {
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("speaks Chinese, in the light", async () => {
    await window.click(await window.element("button", "中文"));
    await column("本机");
    assert.equal(await window.read("return document.documentElement.lang.slice(0, 2)"), "zh");
    await window.picture("20-board-zh-light");
    await planFor("shanghai", "21-plan-zh-light");
    await fits();
  });

  it("is dark when asked", async () => {
    await window.click(await window.element("button", "深色"));
    await until("the dark", () => window.read("return document.documentElement.dataset.theme === 'dark'"));
    await window.picture("22-board-zh-dark");
    await planFor("shanghai", "23-plan-zh-dark");
  });

  it("names the layer of a cluster that does not answer, beside columns that work", async () => {
    const factory = await column("factory");
    assert.match(await window.text(factory), /factory/);
    await until("the reason", async () => /127\.0\.0\.1/.test(await window.text(factory)));
    assert.ok(await newestBackup(window, await column("beijing"), app));
  });

  it("fits a narrow window", async () => {
    await window.click(await window.element("button", "English"));
    const shown = execFileSync("xdotool", ["search", "--onlyvisible", "--name", "^Rainferry"], { encoding: "utf8" }).trim().split("\n").pop();
    execFileSync("xdotool", ["windowsize", "--sync", shown, "960", "600"]);
    await until("the narrow page", () => window.read("return window.innerWidth <= 960"));
    await window.picture("24-board-narrow-en-dark");
    await fits();
    await planFor("shanghai", "25-plan-narrow-en-dark");
  });
});
