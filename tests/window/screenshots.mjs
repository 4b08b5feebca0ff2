/**
 * Takes a picture of every scene of the real window, in both languages, in the light and in the dark:
 * target/screenshots/<scene>-<light|dark>-<zh|en>.png. Names of scenes after the program: only those; `--keep`: the pictures of
 * the READMEs are taken from them. One start of the window.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KEY, root, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { jobEnds, jobState, newestBackup } from "./samples.mjs";

const app = "商城";
const LOOKS = ["light", "dark"].flatMap((theme) => ["zh", "en"].map((language) => ({ theme, language })));
const WORDS = {
  en: { language: "English", dark: "Dark theme", light: "Light theme", computer: "This computer", inside: "Look inside…", compare: "Compare with…", files: /^Files/, report: "Report", inspector: "Inspector", edit: "Edit connection…", test: /^Test/, menu: "Column menu: ", show: "Show transfers", collapse: "Collapse transfers", settings: "Settings", limit: "Bandwidth" },
  zh: { language: "中文", dark: "深色", light: "浅色", computer: "本机", inside: "查看内部…", compare: "与…比较", files: /^文件/, report: "查看报告", inspector: "检查器", edit: "编辑连接…", test: /^测试/, menu: "列菜单：", show: "展开传输", collapse: "收起传输", settings: "设置", limit: "带宽" },
};
const words = process.argv.slice(2);
const wanted = new Set(words.filter((word) => word !== "--keep"));
/** Pictures of the READMEs, which are in the repository. */
const KEPT = { "drag-light-en": "window", "drag-light-zh": "window-zh", "plan-light-en": "plan", "plan-light-zh": "plan-zh", "report-light-en": "report", "report-light-zh": "report-zh" };
const home = mkdtempSync(path.join(tmpdir(), "rainferry-scenes-"));
let look = { theme: "light", language: "en" };
let window;

const { column, dialog, part, cardMenu, carryOut, closeSheet, leaveOpen } = hands(() => window);
const say = () => WORDS[look.language];

async function take(scene) {
  await window.pointer([{ type: "pointerMove", duration: 0, x: 2, y: 2 }]);
  await shoot(scene);
}

async function shoot(scene) {
  await window.picture(`${scene}-${look.theme}-${look.language}`);
}

/** Language and theme by the switches in the top bar. */
async function wear({ theme, language }) {
  const switched = () => window.read("return [document.documentElement.dataset.theme, document.documentElement.lang.slice(0, 2)].join(' ')");
  const [themeNow, languageNow] = (await switched()).split(" ");
  if (languageNow !== language) await window.click(await window.element("button", { source: `^${WORDS[language].language}$` }));
  look = { theme, language };
  await until("the language", async () => (await switched()).endsWith(language));
  if (themeNow !== theme) await window.click(await window.element("button", say()[theme]));
  await until("the theme", async () => (await switched()).startsWith(theme));
}

async function inEveryLook(scene, act) {
  if (wanted.size > 0 && !wanted.has(scene)) return;
  for (const one of LOOKS) {
    await wear(one);
    await act(scene);
  }
}

const newest = (cluster) => until(`a backup in ${cluster}`, async () => newestBackup(window, await column(cluster), app), { seconds: 60 });
const loaded = (sheet) => until("the end of loading", () => window.read("return !arguments[0].querySelector('[aria-busy=true]')", sheet));

/** A plan between two columns, of which the picture is taken with everything in it. */
async function plan(scene, from, to) {
  await window.drag(await newest(from), await column(to));
  const sheet = await dialog();
  await part(sheet, "[data-check-level]");
  await loaded(sheet);
  await take(scene);
  await closeSheet();
}

async function showJobs(shown) {
  const button = await window.find("button", shown ? say().show : say().collapse);
  if (button) await window.click(button);
}

const SCENES = {
  async board(scene) {
    await window.click(await newest("beijing"));
    await until("what is inside", () => window.read("return !!document.querySelector('.inspector [data-inspected]')"), { seconds: 30 });
    await take(scene);
  },
  async drag(scene) {
    await window.lift(await newest("beijing"), await column("shanghai"));
    await shoot(scene);
    await window.type(KEY.escape);
    await window.letGo();
  },
  plan: (scene) => plan(scene, "beijing", "shanghai"),
  production: (scene) => plan(scene, "shanghai", "beijing"),
  async inspector(scene) {
    const sheet = await cardMenu("beijing", app, say().inside);
    await part(sheet, "[data-inspected]");
    await window.click(await window.element("tab", say().files, { within: sheet }));
    await part(sheet, "[data-files]");
    await take(scene);
    await closeSheet();
  },
  async compare(scene) {
    const sheet = await cardMenu("beijing", "在线课堂", say().compare);
    const other = "return [...arguments[0].querySelectorAll('option')].map((one) => one.text).find((text) => text.includes('shanghai') && /\\d{4}-/.test(text))";
    await window.choose(await window.element("combobox", "", { within: sheet }), await window.read(other, sheet));
    await part(sheet, "[data-differences]");
    await loaded(sheet);
    await take(scene);
    await closeSheet();
  },
  async palette(scene) {
    await window.chord(KEY.control, "k");
    await until("the field", () => window.read("return document.activeElement?.getAttribute('role') === 'combobox'"));
    await window.type("shang");
    await until("what was found", () => window.read("return !!document.querySelector('[role=option] mark')"));
    await take(scene);
    await window.type(KEY.escape);
    await window.gone("dialog");
  },
  async report(scene) {
    await showJobs(true);
    await window.click(await window.element("button", { source: `^${say().report}$` }));
    await part(await dialog(), "[data-report=arrived]");
    await take(scene);
    await closeSheet();
    await showJobs(false);
  },
  async settings(scene) {
    await window.click(await window.element("button", { source: `^${say().settings}$` }));
    await dialog();
    await take(scene);
    await closeSheet();
  },
  async failing(scene) {
    await window.click(await window.element("button", `${say().menu}factory`));
    await window.click(await window.element("menuitem", say().edit));
    const sheet = await dialog();
    await window.click(await window.element("button", say().test, { within: sheet }));
    await part(sheet, "[data-rung-state=failed]");
    await take(scene);
    await closeSheet();
  },
};

async function setLimit(text) {
  await window.click(await window.element("button", { source: `^${say().settings}$` }));
  const sheet = await dialog();
  await window.fill(await window.element("textbox", say().limit, { within: sheet }), text);
  await window.type(KEY.enter);
  await closeSheet();
}

/** A copy so slow that there is time to look at it. */
async function transfers() {
  if (wanted.size > 0 && !wanted.has("transfers")) return;
  await wear({ theme: "light", language: "en" });
  await setLimit("4");
  const sheet = await cardMenu("beijing", app, "Migrate to…", "shanghai / 客户团队");
  await carryOut(sheet, "^Migrate to shanghai", { end: null });
  await until("a line to look at", () => window.read("return Number(document.querySelector('[data-throughput]')?.dataset.throughput ?? 0) > 8"), { seconds: 60 });
  await inEveryLook("transfers", async (scene) => {
    if ((await jobState(window)) !== "running") throw new Error("the copy was over before its picture was taken");
    await take(scene);
  });
  await wear({ theme: "light", language: "en" });
  await setLimit("");
  await jobEnds(window);
}

/** What is seen on the pictures: an app that arrived, and a bundle on this computer. */
async function prepare() {
  await window.drag(await newest("beijing"), await column("This computer"));
  const bundle = await dialog();
  await leaveOpen(bundle);
  await carryOut(bundle, "^Export");
  await window.drag(await newest("beijing"), await column("shanghai"));
  await carryOut(await dialog(), "^Migrate to shanghai");
  await newest("shanghai");
  await showJobs(false);
}

function keep() {
  for (const [from, to] of Object.entries(KEPT)) {
    const picture = path.join(root, `target/screenshots/${from}.png`);
    execFileSync("convert", [picture, "-strip", "+dither", "-colors", "128", "-define", "png:compression-level=9", `PNG8:${path.join(root, `icons/${to}.png`)}`]);
  }
}

try {
  window = await Window.open(home);
  await window.element("button", "sample");
  await inEveryLook("welcome", take);
  await wear({ theme: "light", language: "en" });
  await window.click(await window.element("button", "sample"));
  if (["board", "drag", "production", "report"].some((scene) => wanted.size === 0 || wanted.has(scene))) await prepare();
  for (const [scene, act] of Object.entries(SCENES)) await inEveryLook(scene, act);
  await transfers();
  if (words.includes("--keep")) keep();
} catch (error) {
  await window?.picture("broken-scene");
  throw error;
} finally {
  await window?.close();
  rmSync(home, { recursive: true, force: true });
}
