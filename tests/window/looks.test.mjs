/**
 * How the window looks in Chinese, in the dark, narrow, and when something fails; and that nothing runs over its edge.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { KEY, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";
import { cli, Served } from "./served.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-looks-"));
const app = "商城";
let window;

const { column, dialog, inside, part, check, cardMenu, closeSheet, putAway } = hands(() => window);

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

/** What the window calls the way to each sheet, in both languages. */
const WORDS = {
  en: { language: "English", menu: "Column menu: ", storage: "Object storage…", all: "All backups…", era: "What this cluster can do…", backUp: "Back up…", several: "Back up several…", migrateTo: "Migrate to…", importTo: "Import to…", export: "Export to this computer…", inPlace: "Restore in place…", beside: "Restore beside…", compare: "Compare with…", where: "Where is it…", remove: "Delete…", connect: "Add cluster", settings: "Settings", history: "History", computer: "This computer", report: "Report", problem: "Problem", record: "As a record only", show: "Show transfers", inside: "Look inside…" },
  zh: { language: "中文", menu: "列菜单：", storage: "对象存储…", all: "全部备份…", era: "这个集群能做什么…", backUp: "备份…", several: "备份多个应用…", migrateTo: "迁移到…", importTo: "导入到…", export: "导出到本机…", inPlace: "原地恢复…", beside: "另恢复一份…", compare: "与…比较", where: "它在哪里…", remove: "删除…", connect: "添加集群", settings: "设置", history: "历史", computer: "本机", report: "查看报告", problem: "查看问题", record: "只导入记录", show: "展开传输", inside: "查看内部…" },
};

/** Every sheet: how it is opened, and what shows that it is complete. */
const SHEETS = (say) => ({
  "plan-migrate": [() => cardMenu("beijing", app, say.migrateTo, "shanghai / 客户团队"), "[data-check-level]"],
  "plan-export": [() => cardMenu("beijing", app, say.export), "[data-check-level]"],
  "plan-restore": [() => cardMenu("shanghai", "线索收集", say.inPlace), "[data-check-level]"],
  "plan-beside": [() => cardMenu("shanghai", "线索收集", say.beside), "[data-check-level]"],
  "plan-backup": [() => menu("beijing", say.backUp, "客户系统"), "[data-check-level=block]"],
  several: [() => menu("beijing", say.backUp, say.several), "[data-check-level]"],
  "plan-import": [async () => fileMenu(say), "[data-check-level]"],
  storage: [() => columnItem(say, "shanghai", say.storage), "[data-storage]"],
  "all-backups": [() => columnItem(say, "shanghai", say.all), "[data-backup-version]"],
  era: [() => columnItem(say, "shanghai", say.era), "[data-era]"],
  compare: [() => cardMenu("beijing", app, say.compare), ".compare-sides"],
  inside: [() => cardMenu("beijing", app, say.inside), "[data-inspected]"],
  palette: [palette, "[role=option] mark"],
  place: [() => cardMenu("beijing", app, say.where), "dl"],
  removal: [() => cardMenu("beijing", app, say.remove), "[type=checkbox]"],
  report: [() => jobSheet(say, say.report), "[data-report=arrived]"],
  problem: [() => jobSheet(say, say.problem), ".ways"],
  connect: [() => button(say.connect), "input"],
  settings: [() => button(say.settings), ".settings"],
  history: [() => button(`${say.history}\\s*`), "[data-history-job]"],
  help: [help, "[data-help]"],
});

async function button(name) {
  await window.click(await window.element("button", { source: `^${name}$` }));
  return dialog();
}

async function palette() {
  await window.chord(KEY.control, "k");
  const sheet = await dialog();
  await until("the field", () => window.read("return document.activeElement?.getAttribute('role') === 'combobox'"));
  await window.type("shang");
  return sheet;
}

async function help() {
  await window.type("\uE031");
  return dialog();
}

async function menu(of, opens, item) {
  await window.click(await window.element("button", opens, { within: await column(of) }));
  await window.click(await window.element("menuitem", item));
  return dialog();
}

async function columnItem(say, name, item) {
  await window.click(await window.element("button", `${say.menu}${name}`));
  await window.click(await window.element("menuitem", item));
  return dialog();
}

async function fileMenu(say) {
  const file = await until("the ticket", async () => window.read("return arguments[0].querySelector('[data-file-name]')", await column(say.computer)));
  await window.read("arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest' })", file);
  await window.click(file, 2);
  await window.click(await window.element("menuitem", say.importTo));
  await window.click(await window.element("menuitem", "shanghai / 客户团队"));
  return dialog();
}

async function jobSheet(say, name) {
  const closed = await window.find("button", say.show);
  if (closed) await window.click(closed);
  await window.click(await window.element("button", { source: `^${name}$` }, { within: await until("the jobs", () => window.read("return document.querySelector('ol.jobs')")) }));
  return dialog();
}

/** Opens every sheet, waits until it is complete, takes its picture, and looks that nothing runs over an edge. */
async function everySheet(language, look) {
  const say = WORDS[language];
  for (const [name, [open, complete]] of Object.entries(SHEETS(say))) {
    const sheet = await open();
    await part(sheet, complete);
    await until("the end of loading", async () => !(await inside(sheet, "[aria-busy=true]")));
    await window.picture(`6 ${name} ${language} ${look}`);
    await fits();
    const cut = await window.read(OVER, sheet);
    assert.deepEqual(cut, [], `${name} in ${language}, ${look}`);
    if (name === "plan-import") {
      await check(sheet, say.record);
      await part(sheet, "[data-line=arrives_record]");
      await window.picture(`6 record-only ${language} ${look}`);
    }
    await closeSheet();
  }
}

/** Buttons whose words do not fit, things that stick out of the sheet, and words nobody translated. */
const OVER = `
const sheet = arguments[0].getBoundingClientRect();
const wrong = [];
for (const e of arguments[0].querySelectorAll("button, h1, h2, h3, label, p, td, dd, dt, li, input")) {
  const box = e.getBoundingClientRect();
  if (box.width === 0 || e.closest(".hidden")) continue;
  if (box.left < sheet.left - 1 || box.right > sheet.right + 1) wrong.push("sticks out: " + e.innerText.slice(0, 60));
  if (e.tagName === "BUTTON" && e.scrollWidth > e.clientWidth + 1 && !e.querySelector(".cut")) wrong.push("cut: " + e.innerText.slice(0, 60));
}
const text = arguments[0].innerText;
for (const word of ["undefined", "null", "NaN", "[object", "{count", "{names", "{name}"]) if (text.includes(word)) wrong.push("says " + word);
return wrong;
`;

const LONG = "华东区会员中心与积分商城一体化平台（双十一大促专用，含灰度发布与回滚预案）";

describe("the looks of every sheet", { timeout: 300_000 }, () => {
  const sheets = mkdtempSync(path.join(tmpdir(), "rainferry-sheets-"));
  let served;
  before(async () => {
    served = await Served.start();
    served.save(sheets, "beijing", "shanghai");
    const run = (...words) => execFileSync(cli, words, { env: { ...process.env, RAINFERRY_HOME: sheets }, stdio: "pipe" });
    run("migrate", "beijing/wiki", "shanghai/客户团队", "--name", LONG);
    run("export", "shanghai/线索收集", "--ticket");
    await served.control("/switches", { cluster: "shanghai", switches: { backup_fails: true, sends_component_name: true } });
    assert.throws(() => run("backup", "create", "shanghai/客户团队/支付", "--note", LONG));
    window = await Window.open(sheets);
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
  });
  after(async () => {
    await window?.close();
    await served?.stop();
    rmSync(sheets, { recursive: true, force: true });
  });
  afterEach(putAway);

  it("is whole in Chinese, in the light", async () => {
    await window.click(await window.element("button", WORDS.zh.language));
    await column(WORDS.zh.computer);
    await everySheet("zh", "light");
  });

  it("is whole in English, in the dark, in a narrow window", async () => {
    await window.click(await window.element("button", "深色"));
    await window.click(await window.element("button", WORDS.en.language));
    await window.click(await window.element("button", { source: "^Inspector$" }));
    await narrow();
    await everySheet("en", "dark narrow");
  });
});

async function narrow() {
  const shown = execFileSync("xdotool", ["search", "--onlyvisible", "--name", "^Rainferry"], { encoding: "utf8" }).trim().split("\n").pop();
  execFileSync("xdotool", ["windowsize", "--sync", shown, "960", "600"]);
  await until("the narrow page", () => window.read("return window.innerWidth <= 960"));
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
    await narrow();
    await window.picture("24-board-narrow-en-dark");
    await fits();
    await planFor("shanghai", "25-plan-narrow-en-dark");
  });
});
