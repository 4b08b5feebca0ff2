/**
 * Files of volumes that come along when an app is made anew: off until somebody ticks them, with what that asks for; filled by
 * the real helper before the app starts. Looked at in both languages, light and dark, wide and narrow.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { KEY, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-volumes-"));
let window;

const { pickTeam } = hands(() => window);
const column = (name) => window.element("region", { source: `^${name}$` });

/** Pages of the wiki below a cluster's disk. */
function pages(cluster) {
  const disk = path.join(home, "samples", cluster, "grdata");
  const files = readdirSync(disk, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => path.join(entry.parentPath, entry.name)).filter((file) => file.includes("/data/pages/"));
}

async function planOfWiki(lane) {
  const card = await until("a backup of the wiki", async () => newestBackup(window, await column("beijing"), "wiki"));
  await window.drag(card, await column("shanghai"));
  const sheet = await window.element("dialog", "", { seconds: 30 });
  await until("the checks", () => window.read("return !!arguments[0].querySelector('[data-check-level]')", sheet));
  await window.click(await window.element("button", { source: `^${lane}$` }, { within: sheet }));
  await window.element("checkbox", "知识库", { within: sheet, seconds: 30 });
  return sheet;
}

/** Ticks the wiki's volume and brings what is said of it into view. */
async function tick(sheet) {
  const box = await window.element("checkbox", "知识库", { within: sheet });
  assert.equal(await window.read("return arguments[0].checked", box), false, "nothing is agreed to beforehand");
  await window.read("arguments[0].closest('[role=group]').scrollIntoView({ block: 'center' })", box);
  await window.click(box);
  await until("the plan with it", () => window.read("return !!arguments[0].querySelector('[role=group] input[placeholder]')", sheet));
  await until("no spinner", () => window.read("return arguments[0].querySelector('[aria-busy=true]') === null", sheet));
  const shown = await window.element("checkbox", "知识库", { within: sheet });
  await window.read("arguments[0].closest('[role=group]').scrollIntoView({ block: 'end' })", shown);
}

async function fits() {
  const over = await window.read("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.ok(over <= 0, `the page runs ${over} px over its edge`);
}

async function close() {
  await window.type(KEY.escape);
  await window.gone("dialog");
}

describe("files of volumes in the window", { timeout: 600_000 }, () => {
  before(async () => {
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), "wiki"), { seconds: 90 });
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("are filled where somebody agrees, and arrive as they were", async () => {
    const sheet = await planOfWiki("Rebuild");
    assert.match(await window.text(sheet), /Ticked, you agree: a helper runs once/);
    await window.picture("60-volumes-off-en-light");
    await tick(sheet);
    const said = await window.text(sheet);
    assert.match(said, /must let a privileged init container/);
    assert.match(said, /Data of volumes, put there by a helper before the app starts/);
    await window.picture("61-volumes-on-en-light");
    await window.click(await window.element("button", { source: "^Migrate to" }, { within: sheet }));
    await window.gone("dialog", "", { seconds: 60 });
    await jobEnds(window, "done", 180);
    const came = pages("shanghai").filter((file) => !path.basename(file).startsWith(".rbm-"));
    assert.deepEqual(came.map((file) => path.basename(file)).toSorted(), ["index.json", "值班表.md", "首页.md"]);
    for (const file of came) {
      const original = pages("beijing").find((one) => path.basename(one) === path.basename(file));
      assert.deepEqual(readFileSync(file), readFileSync(original), file);
    }
    await window.click(await window.element("button", { source: "^Report$" }));
    const report = await window.element("dialog", "", { seconds: 30 });
    await until("the report", async () => /filled with 3 files/.test(await window.text(report)));
    await window.picture("62-volumes-report-en-light");
    await close();
  });

  it("are read at the source where no package holds them, by a choice of its own", async () => {
    await pickTeam("shanghai", "客户团队");
    const card = await until("a backup of the course", async () => newestBackup(window, await column("shanghai"), "在线课堂"));
    await window.drag(card, await column("beijing"));
    const sheet = await window.element("dialog", "", { seconds: 30 });
    await window.click(await window.element("button", { source: "^Rebuild$" }, { within: sheet, seconds: 30 }));
    const box = await window.element("checkbox", "课件服务", { within: sheet, seconds: 30 });
    assert.equal(await window.read("return arguments[0].checked", box), false, "nothing is agreed to beforehand");
    assert.match(await window.text(sheet), /What is read at the source, ticked, you agree: the component is stopped/);
    await window.click(box);
    await until("the plan with it", async () => /are stopped at .*shanghai.* while their files are read/.test(await window.text(sheet)));
    const shown = await window.element("checkbox", "课件服务", { within: sheet });
    await window.read("arguments[0].closest('[role=group]').scrollIntoView({ block: 'end' })", shown);
    await window.picture("66-volumes-read-en-light");
    await fits();
    await close();
  });

  it("say the same in Chinese, in the dark, and in a narrow window", async () => {
    await window.click(await window.element("button", "中文"));
    let sheet = await planOfWiki("重新创建");
    await tick(sheet);
    assert.match(await window.text(sheet), /勾选即同意/);
    await window.picture("63-volumes-zh-light");
    await fits();
    await close();
    await window.click(await window.element("button", "深色"));
    await until("the dark", () => window.read("return document.documentElement.dataset.theme === 'dark'"));
    sheet = await planOfWiki("重新创建");
    await tick(sheet);
    await window.picture("64-volumes-zh-dark");
    await close();
    const shown = execFileSync("xdotool", ["search", "--onlyvisible", "--name", "^Rainferry"], { encoding: "utf8" }).trim().split("\n").pop();
    execFileSync("xdotool", ["windowsize", "--sync", shown, "960", "600"]);
    await until("the narrow page", () => window.read("return window.innerWidth <= 960"));
    sheet = await planOfWiki("重新创建");
    await tick(sheet);
    await window.picture("65-volumes-narrow-zh-dark");
    await fits();
    await close();
  });
});
