/**
 * The first two minutes: from the third door to an app that arrived, led by the tour, which says what is next, follows what is
 * done, is in nobody's way, and ends by itself or when it is told to.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { KEY, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-tour-"));
let window;

const { column, dialog, press, checks, closeSheet, appsIn } = hands(() => window);
const at = (step, seconds = 60) =>
  until(`the tour at ${step}`, () => window.read("return document.querySelector('[data-tour]')?.dataset.tour === arguments[0]", step), { seconds });
const isOver = () => until("the end of the tour", () => window.read("return !document.querySelector('[data-tour]')"));

describe("the sample tour", { timeout: 200_000 }, () => {
  before(async () => {
    window = await Window.open(home);
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("leads from the third door to an app that arrived, within two minutes", async () => {
    const begun = Date.now();
    await window.element("button", "sample");
    await window.type("3");
    await at("drag");
    const card = await until("the backup", async () => newestBackup(window, await column("beijing"), "商城"), { seconds: 60 });
    await window.picture("90-tour-drag-en-light");
    await window.drag(card, await column("shanghai"));
    const sheet = await dialog();
    await checks(sheet);
    await at("plan");
    const line = await window.read("const r = document.querySelector('[data-tour]').getBoundingClientRect(); return r.top >= arguments[0].getBoundingClientRect().bottom && r.bottom <= innerHeight", sheet);
    assert.ok(line, "the line is below the sheet, and covers nothing of it");
    await window.picture("91-tour-plan-en-light");
    await press(sheet, { source: "^Migrate to shanghai" });
    await at("watch");
    await at("arrived", 100);
    await window.picture("92-tour-arrived-en-light");
    await window.click(await window.element("button", { source: "^Report$" }, { within: await window.element("region", "Sample tour") }));
    await at("report");
    await closeSheet();
    await isOver();
    assert.ok((await appsIn(await column("shanghai"))).includes("商城"));
    const secs = (Date.now() - begun) / 1000;
    assert.ok(secs < 120, `it took ${secs} s`);
  });

  it("is begun again by its name, and ended by keys alone", async () => {
    await window.chord(KEY.control, "k");
    await until("the field", () => window.read("return document.activeElement?.getAttribute('role') === 'combobox'"));
    await window.type("sample tour");
    await until("what was found", () => window.read("return !!document.querySelector('[role=option][aria-selected=true] mark')"));
    await window.type(KEY.enter);
    await at("drag");
    for (let tries = 0; tries < 80; tries++) {
      if (await window.read("return document.activeElement?.innerText.trim() === 'End the tour'")) break;
      await window.type(KEY.tab);
    }
    await window.type(KEY.enter);
    await isOver();
  });
});
