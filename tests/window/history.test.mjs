/**
 * What has ended is found again: the history lists it, narrows it, opens its report and comes back, and is written into a file
 * where the desktop's dialog says. F1 opens the guide over whatever is open, and leaves that as it was.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { answerDialog } from "./dialogs.mjs";
import { KEY, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-history-"));
const F1 = "\uE031";
const app = "支付";
let window;

const { column, dialog, part, carryOut, leaveOpen, closeSheet, putAway } = hands(() => window);
const rows = (sheet) => window.read("return [...arguments[0].querySelectorAll('[data-history-job]')].map((e) => e.dataset.appName)", sheet);

async function openHistory() {
  await window.click(await window.element("button", { source: "^History" }));
  const sheet = await dialog();
  await part(sheet, "[data-history]");
  return sheet;
}

describe("the history and the guide", { timeout: 200_000 }, () => {
  before(async () => {
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
    const card = await until("the backup", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
    await window.drag(card, await column("This computer"));
    const sheet = await dialog();
    await leaveOpen(sheet);
    await carryOut(sheet, "^Export");
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });
  afterEach(putAway);

  it("lists what ended, narrows it, and comes back from a report", async () => {
    const sheet = await openHistory();
    assert.deepEqual(await rows(sheet), [app]);
    await window.picture("80-history-en-light");
    const field = await window.element("searchbox", "Find an app", { within: sheet });
    await window.fill(field, "nothing of that name");
    await until("nothing", async () => (await rows(await dialog())).length === 0);
    await window.fill(await window.element("searchbox", "Find an app", { within: await dialog() }), "computer");
    await until("the job", async () => (await rows(await dialog())).length === 1);
    await window.click(await window.element("button", { source: "^Report$" }, { within: await dialog() }));
    await part(await dialog(), "[data-report=arrived]");
    await window.type(KEY.escape);
    const again = await dialog();
    await part(again, "[data-history]");
    assert.equal(await window.read("return arguments[0].querySelector('input[type=search]').value", again), "computer");
    await closeSheet();
  });

  it("is written into a table where the dialog says", async () => {
    const file = path.join(home, "历史 history.csv");
    const sheet = await openHistory();
    await window.click(await window.element("button", "Export…", { within: sheet }));
    await window.click(await window.element("menuitem", "CSV"));
    await answerDialog(/^Save File$/, file);
    await part(sheet, "[data-report-saved]");
    const [head, row, ...more] = readFileSync(file, "utf8").replace("\uFEFF", "").trim().split("\n");
    assert.match(head, /^job,kind,state,app,source,target,/);
    assert.match(row, new RegExp(`,export,done,${app},beijing / `));
    assert.deepEqual(more, []);
    await window.click(await window.element("button", { source: "^Close$" }, { within: sheet }));
    await window.gone("dialog");
  });

  it("opens the guide over a sheet, which stays as it was", async () => {
    const sheet = await openHistory();
    await window.fill(await window.element("searchbox", "Find an app", { within: sheet }), "computer");
    await window.type(F1);
    const guide = await until("the guide", () => window.read("return document.querySelector('[data-help]')"));
    await window.picture("81-help-en-light");
    await window.click(await window.element("tab", "Troubleshooting", { within: guide }));
    await window.fill(await window.element("searchbox", "Find a code", { within: guide }), "store_denied");
    await until("the one code", () => window.read("return [...document.querySelectorAll('[data-code]')].map((e) => e.dataset.code).join() === 'store_denied'"));
    await window.picture("82-help-codes-en-light");
    // The first one empties the field.
    await window.type(KEY.escape);
    await until("every code", () => window.read("return document.querySelectorAll('[data-code]').length > 50"));
    await window.type(KEY.escape);
    await until("the guide to go", () => window.read("return !document.querySelector('[data-help]')"));
    assert.equal(await window.read("return document.querySelector('[data-history] input[type=search]').value"), "computer");
    assert.equal(await window.read("return document.querySelector('#root').hasAttribute('inert')"), true);
    await window.click(await window.element("button", { source: "^Close$" }, { within: await dialog() }));
    await window.gone("dialog");
  });
});
