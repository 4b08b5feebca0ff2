/**
 * The window for whoever cannot see it well, or has no mouse: axe finds nothing on any screen, in the light and in the dark; a
 * migration by Tab, arrows and Enter alone; nothing moves by itself where the desktop asks for that; all of it twice
 * as large.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { KEY, root, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-access-"));
const app = "商城";
let window;

const { column, dialog, part, checks, columnMenu, closeSheet, showJobs } = hands(() => window);

/** A desktop that was told something: GTK reads it, and the page's media queries follow. */
async function openOn(settings, extra = {}) {
  const config = path.join(home, `config-${settings.length}`);
  mkdirSync(path.join(config, "gtk-3.0"), { recursive: true });
  writeFileSync(path.join(config, "gtk-3.0/settings.ini"), `[Settings]\n${settings}\n`);
  return Window.open(home, { XDG_CONFIG_HOME: config, ...extra });
}

const AXE = readFileSync(path.join(root, "ui/node_modules/axe-core/axe.min.js"), "utf8");

/** What axe finds, and what moves though nobody asked for it. */
async function whole(name) {
  if (!(await window.read("return !!window.axe"))) await window.read(AXE);
  const found = await window.call("POST", "/execute/async", {
    script: `
      const done = arguments[0];
      const rows = (list) => list.map((one) => one.impact + " " + one.id + ": " + one.nodes.map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? node.failureSummary).slice(0, 200)).join("\\n    "));
      // The name of a row says more than what is drawn of it, and in the order of speech.
      const rules = { "page-has-heading-one": { enabled: false }, "label-content-name-mismatch": { enabled: false } };
      const options = { resultTypes: ["violations"], rules };
      axe.run(document, options).then(({ violations }) => done(rows(violations)), (error) => done([String(error)]));`,
    args: [],
  });
  const moving = await window.read("return document.getAnimations().filter((one) => one.playState === 'running').length");
  await window.picture(`70-${name}`);
  assert.deepEqual(found, [], name);
  assert.equal(moving, 0, `${name}: something moves`);
}

/** What has the focus: its role and name, as far as they are written down. */
const FOCUS = `
  const e = document.activeElement;
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--acc").trim();
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16));
  const ring = (style) => [style.boxShadow, style.outlineStyle === "none" ? "" : style.outlineColor, style.borderColor].some((one) => one.includes(\`\${r}, \${g}, \${b}\`));
  const around = [e, e.parentElement, e.parentElement?.parentElement, e.nextElementSibling].filter(Boolean);
  const shows = around.some((one) => ["", "::before", "::after"].some((part) => ring(getComputedStyle(one, part || null))));
  return { tag: e.tagName, name: e.getAttribute("aria-label") || e.innerText || "", inside: e.closest("section[aria-label], aside, [role=dialog]")?.getAttribute("aria-label") ?? "", version: e.closest("[data-backup-version]")?.dataset.backupVersion ?? null, app: e.closest("[data-app-name]")?.dataset.appName ?? null, shows };`;

/** Presses a key until the focus is where it should be. */
async function press(key, what, fits, most = 60) {
  for (let tries = 0; tries < most; tries++) {
    const now = await window.read(FOCUS);
    if (now.tag !== "BODY" && fits(now)) {
      assert.ok(now.shows, `the focus on ${what} is seen`);
      return now;
    }
    await window.type(key);
  }
  assert.fail(`${what} is not reached by the keyboard: ${JSON.stringify(await window.read(FOCUS))}`);
}

async function theme(name) {
  await window.click(await window.element("button", name));
  await until(name, () => window.read("return document.documentElement.dataset.theme === arguments[0]", name.startsWith("Dark") ? "dark" : "light"));
}

describe("a window for everybody", { timeout: 400_000 }, () => {
  before(async () => {
    window = await openOn("gtk-enable-animations=0");
  });
  after(async () => {
    await window?.close();
  });

  it("greets without barriers, in the light and in the dark", async () => {
    assert.equal(await window.read("return matchMedia('(prefers-reduced-motion: reduce)').matches"), true);
    await window.element("button", "sample");
    await whole("welcome-light");
    await theme("Dark theme");
    await whole("welcome-dark");
    await theme("Light theme");
  });

  it("carries an app to another cluster by Tab, arrows and Enter alone", async () => {
    await press(KEY.tab, "the samples", (now) => /sample/.test(now.name));
    await window.type(KEY.enter);
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
    await press(KEY.tab, "the list of beijing", (now) => now.inside === "beijing" && now.app !== null);
    const card = await press(DOWN, `a backup of ${app}`, (now) => now.app === app && now.version !== null);
    await window.type(KEY.enter);
    await press(KEY.tab, "Migrate to…", (now) => now.inside === "Inspector" && /^Migrate to/.test(now.name), 120);
    await window.type(KEY.enter);
    await press(DOWN, "the target", (now) => /^shanghai/.test(now.name));
    await window.type(KEY.enter);
    const sheet = await dialog();
    await checks(sheet);
    await whole("plan-light");
    await press(KEY.tab, "the button", (now) => /^Migrate to shanghai/.test(now.name), 80);
    await window.type(KEY.enter);
    await window.gone("dialog", "", { seconds: 30 });
    await jobEnds(window, "done", 120);
    const arrived = await until("the app in shanghai", async () => newestBackup(window, await column("beijing"), app));
    assert.equal(await window.attribute(arrived, "data-backup-version"), card.version);
  });

  for (const look of ["light", "dark"]) {
    it(`has no barrier on any screen, in the ${look}`, async () => {
      if (look === "dark") await theme("Dark theme");
      await until("the package", () => window.read("return !!document.querySelector('.inspector [data-inspected]')"), { seconds: 60 });
      await showJobs();
      await whole(`transfers-${look}`);
      await window.click(await window.element("button", { source: "^Report$" }));
      await part(await dialog(), "[data-report=arrived]");
      await whole(`report-${look}`);
      await closeSheet();
      await window.click(await window.element("button", "Collapse transfers"));
      await whole(`board-${look}`);
      await window.click(await window.element("button", { source: "^Settings$" }));
      await whole(`settings-${look}`);
      await closeSheet();
      await window.click(await window.element("button", { source: "^Add cluster$" }));
      await whole(`connect-${look}`);
      await closeSheet();
      await columnMenu("beijing", "All backups…");
      await part(await dialog(), "[data-backup-version]");
      await whole(`all-backups-${look}`);
      await closeSheet();
      await window.chord(KEY.control, "k");
      await until("the field", () => window.read("return document.activeElement?.getAttribute('role') === 'combobox'"));
      await window.type("shang");
      await until("what was found", () => window.read("return !!document.querySelector('[role=option] mark')"));
      await whole(`palette-${look}`);
      await window.type(KEY.escape);
      if (look === "dark") {
        await window.drag(await newestBackup(window, await column("beijing"), app), await column("shanghai"));
        await checks(await dialog());
        await whole("plan-dark");
        await closeSheet();
      }
    });
  }
});

describe("a window drawn twice as large", { timeout: 200_000 }, () => {
  before(async () => {
    window = await openOn("gtk-enable-animations=0", { RAINFERRY_SAMPLES: "1" });
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
    for (let step = 0; step < 4; step++) await window.chord(KEY.control, "+");
    await until("the large page", () => window.read("return window.innerWidth <= 700"));
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("shows all of it: nothing runs over the edge, every button of a plan is reached", async () => {
    await fits();
    await whole("board-large");
    const sheet = await byName("migrate shanghai", dialog);
    await checks(sheet);
    await fits();
    await whole("plan-large");
    const start = await window.element("button", /^Migrate to shanghai/, { within: sheet });
    const { y } = await window.middle(start);
    assert.ok(y > 0 && y < (await window.read("return window.innerHeight")), "the button is on the screen");
    await closeSheet();
    await byName("settings", dialog);
    await fits();
    await whole("settings-large");
    await closeSheet();
    await byName("show transfers", () => window.element("button", "Collapse transfers"));
    await fits();
    await whole("transfers-large");
  });
});

/** By the palette: the driver's pointer knows nothing of the zoom. */
async function byName(words, opens) {
  await window.chord(KEY.control, "k");
  await until("the field", () => window.read("return document.activeElement?.getAttribute('role') === 'combobox'"));
  await window.type(words);
  await until("what was found", () => window.read("return !!document.querySelector('[role=option][aria-selected=true] mark')"));
  await window.type(KEY.enter);
  await until("the palette to go", () => window.read("return !document.querySelector('[role=combobox][data-autofocus]')"));
  return opens();
}

/** Nothing wider than the window: what does not fit scrolls inside its own place. */
async function fits() {
  const over = await window.read("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.ok(over <= 0, `the page runs ${over} px over its edge`);
}

const DOWN = "\uE015";
