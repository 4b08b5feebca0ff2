/**
 * The queue in the real window: one job at a time, those that wait are moved by their menu, and quiet hours hold the bytes back and say
 * so. Then what helps whoever helps: the text of diagnostics and the folder of logs.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { KEY, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-queue-"));
let window;

const { column, dialog, carryOut, showJobs, closeSheet, press } = hands(() => window);

const settings = async () => {
  await window.click(await window.element("button", { source: "^Settings$" }));
  return dialog();
};

/** Jobs of the drawer in their order. */
const drawer = () => window.read("return [...document.querySelectorAll('.jobs [data-job-id]')].map((e) => ({ name: e.dataset.appName, state: e.dataset.jobState, id: e.dataset.jobId }))");

async function start(menu, label) {
  const before = (await drawer()).length;
  const card = await until("a backup", async () => newestBackup(window, await column("beijing"), "商城"), { seconds: 60 });
  await window.click(card, 2);
  for (const item of menu) await window.click(await window.element("menuitem", item));
  await carryOut(await dialog(), label, { end: null });
  await showJobs();
  await until("the job", async () => (await drawer()).length > before);
}

describe("the queue", { timeout: 170_000 }, () => {
  before(async () => {
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
  });
  after(async () => {
    await window?.quit();
    rmSync(home, { recursive: true, force: true });
  });

  it("lets as many move as the settings say, and slowly", async () => {
    const sheet = await settings();
    await window.choose(await window.element("combobox", "Jobs at the same time", { within: sheet }), "1");
    await window.fill(await window.element("textbox", "Bandwidth", { within: sheet }), `0.01${KEY.enter}`);
    await window.picture("queue-settings-en-light");
    await closeSheet();
    await start(["Migrate to…", "shanghai / 客户团队"], "^Migrate to shanghai");
    await until("the first to move", async () => (await drawer())[0].state === "running");
    await start(["Migrate to…", "shanghai / 客户团队"], "^Migrate to shanghai");
    await start(["Migrate to…", "shanghai / 客户团队"], "^Migrate to shanghai");
    const jobs = await drawer();
    assert.deepEqual(jobs.map((job) => job.state), ["running", "queued", "queued"]);
  });

  it("moves one that waits to the front", async () => {
    const { id } = (await drawer())[2];
    const last = await window.read("return document.querySelectorAll('.jobs [data-job-id]')[2]");
    await window.click(await window.element("button", { source: "^Actions for" }, { within: last }));
    await window.picture("queue-menu-en-light");
    await window.click(await window.element("menuitem", "Move up"));
    await until("its new place", async () => (await drawer())[1].id === id);
  });

  it("says that quiet hours hold the bytes back", async () => {
    const sheet = await settings();
    await window.click(await window.element("checkbox", "Spare the line", { within: sheet }));
    await window.fill(await window.element("textbox", "From", { within: sheet }), `0000${KEY.enter}`);
    await window.fill(await window.element("textbox", "To", { within: sheet }), `2359${KEY.enter}`);
    await window.picture("quiet-settings-en-light");
    await closeSheet();
    const note = (place) => until("the note", () => window.read("return document.querySelector(`${arguments[0]} [data-quiet]`)?.textContent ?? null", place));
    assert.equal(await note(".drawer"), "Quiet hours: transfers wait until 23:59");
    await window.picture("quiet-drawer-en-light");
    await window.click(await window.element("button", "Collapse transfers"));
    assert.equal(await note(".strip"), "Quiet hours: transfers wait until 23:59");
    await window.picture("quiet-strip-en-light");
    await showJobs();
  });

  it("cancels what waits at once", async () => {
    const waiting = async () => (await drawer()).filter((job) => job.state === "queued");
    for (let left = (await waiting()).length; left > 0; left--) {
      const [{ name, id }] = await waiting();
      const row = await window.read("return document.querySelector(`[data-job-id='${arguments[0]}']`)", id);
      await press(row, { source: "^Cancel" });
      await until(`the end of ${name}`, async () => (await drawer()).find((job) => job.id === id).state === "cancelled", { seconds: 10 });
      // Rows change places: the next press must not meet one on its way.
      await new Promise((done) => setTimeout(done, 500));
    }
    assert.deepEqual((await drawer()).map((job) => job.state), ["running", "cancelled", "cancelled"]);
  });
});
