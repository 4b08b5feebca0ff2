/**
 * The official feature in the real window, as a person does it: all backups, where one is, a ticket, deletion, a restore beside
 * and the end of its original, several backups at once, object storage, what a cluster can do, a comparison, and an import as a
 * record only. Each test looks at the screen and at what lies on the disk.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { KEY, until, Window } from "./driver.mjs";
import { files, hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-official-"));
let window;

const { column, dialog, inside, ready, press, columnMenu, cardMenu, carryOut, openReport, closeSheet, putAway, appsIn, versionsIn } =
  hands(() => window);

const packages = (cluster) =>
  files(path.join(home, "samples", cluster, "store")).filter((file) => /_\d{14}\.zip$/.test(file));

describe("the official feature in the window", { timeout: 900_000 }, () => {
  before(async () => {
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), "商城"), { seconds: 90 });
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  afterEach(putAway);

  it("says what a cluster can do, and why it cannot do the rest", async () => {
    const sheet = await columnMenu("shanghai", "What this cluster can do…");
    assert.match(await window.read("return arguments[0].querySelector('[data-era]').dataset.era", sheet), /^E[1-6]$/);
    assert.match(await window.text(sheet), /Works here\s+Make backups/);
    assert.ok(await inside(sheet, "[data-era-part=cannot]"));
    await window.picture("30-era-en-light");
    await closeSheet();
  });

  it("lists all backups, those of deleted apps included; searches, sorts and filters them", async () => {
    const sheet = await columnMenu("beijing", "All backups…");
    const count = () => window.read("return Number(arguments[0].querySelector('[data-all-backups]')?.dataset.allBackups ?? -1)", sheet);
    const shown = () =>
      window.read("return [...arguments[0].querySelectorAll('[data-backup-version]')].map((e) => [e.dataset.appName, e.dataset.backupVersion])", sheet);
    await until("the list", async () => (await count()) > 0);
    const all = await count();
    const newestFirst = (await shown()).map(([, version]) => version);
    assert.deepEqual(newestFirst, newestFirst.toSorted().toReversed());
    await window.picture("31-all-backups-en-light");

    await window.fill(await window.element("searchbox", "Search app", { within: sheet }), "wiki");
    await until("fewer rows", async () => (await count()) < all);
    assert.ok((await shown()).every(([app]) => app === "wiki"));
    await window.chord(KEY.control, "a");
    await window.type(KEY.backspace);
    await until("all rows", async () => (await count()) === all);

    await press(sheet, { source: "^Sort by Time" });
    await until("the oldest first", async () => {
      const versions = (await shown()).map(([, version]) => version);
      return versions.join() === versions.toSorted().join();
    });
    await press(sheet, { source: "^App deleted" });
    await until("only those of deleted apps", async () => (await count()) < all && (await count()) > 0);
    assert.match(await window.text(sheet), /app deleted/);
    await closeSheet();
  });

  it("says in which bucket and under which key a backup really is", async () => {
    const sheet = await cardMenu("beijing", "商城", "Where is it…");
    const key = await until("the key", () => window.read("return arguments[0].querySelector('[data-place]')?.dataset.place", sheet));
    assert.ok(packages("beijing").some((file) => file.endsWith(path.sep + path.basename(key))), `${key} lies in the store`);
    await window.picture("32-place-en-light");
    await closeSheet();
  });

  it("exports a ticket", async () => {
    const card = await newestBackup(window, await column("beijing"), "商城");
    await window.click(card, 2);
    await window.click(await window.element("menuitem", "Export a ticket"));
    const ticket = await until("the ticket", () => files(path.join(home, "library")).find((file) => file.endsWith(".bak")));
    assert.ok(readFileSync(ticket).length > 100);
    await until("the ticket on the board", async () =>
      window.read("return !!arguments[0].querySelector('[data-file-name$=\".bak\"]')", await column("This computer")),
    );
  });

  it("compares a backup with its app as it runs", async () => {
    const sheet = await cardMenu("beijing", "商城", "Compare with…");
    await until("the answer", () =>
      window.read("return /\\d differences?|The same in everything/.test(arguments[0].innerText)", sheet),
    );
    await window.picture("33-compare-en-light");
    await closeSheet();
  });

  it("reads, tests and sets the object storage; the keys stay masked", async () => {
    const sheet = await columnMenu("shanghai", "Object storage…");
    await until("the setting", () => inside(sheet, "[data-storage]"));
    const bucket = await window.read("return arguments[0].querySelector('[data-storage]').dataset.storage", sheet);
    await press(sheet, { source: "^Test$" });
    await until("the test", () => inside(sheet, "[data-storage-step]"), { seconds: 60 });
    await window.picture("34-storage-en-light");
    const secrets = await window.read("return [...arguments[0].querySelectorAll('input[type=password]')].map((e) => e.value)", sheet);
    assert.deepEqual(secrets, [""]);
    await press(sheet, { source: "^Save on the console" });
    await window.element("status", "Saved", { within: sheet });
    assert.equal(await window.read("return arguments[0].querySelector('[data-storage]').dataset.storage", sheet), bucket);
    for (const kind of ["OSS", "S3"]) {
      await window.click(await window.element("radio", kind, { within: sheet }));
      await press(sheet, { source: "^Save on the console" });
      await until(`the kind ${kind}`, async () => new RegExp(`Now\\s+${kind} ·`).test(await window.text(sheet)));
    }
    await closeSheet();
  });

  it("backs up several apps from one sheet, without those that are blocked", async () => {
    const shanghai = await column("shanghai");
    const old = await versionsIn(shanghai);
    await window.click(await window.element("button", "Back up…", { within: shanghai }));
    await window.click(await window.element("menuitem", "Back up several…"));
    const sheet = await dialog();
    await window.fill(await window.element("textbox", "Note", { within: sheet }), "several");
    await window.click(await window.element("radio", "Stop them", { within: sheet }));
    const button = await window.element("button", { source: "^Back up [2-9] apps$" }, { within: sheet });
    await ready(button);
    await window.picture("35-several-en-light");
    const count = Number((await window.text(button)).match(/\d+/)[0]);
    await window.click(button);
    await window.gone("dialog", "", { seconds: 60 });
    await until("the new backups", async () => (await versionsIn(shanghai)).filter((version) => !old.includes(version)).length >= Math.min(2, count), {
      seconds: 180,
    });
    await until("every job to end", () => window.read("return [...document.querySelectorAll('.job')].every((e) => !/Running|Waiting/.test(e.innerText))"), {
      seconds: 180,
    });
  });

  it("restores a backup beside its app, and deletes the original by its typed name", async () => {
    const region = await column("beijing");
    const before = await appsIn(region);
    const plan = await cardMenu("beijing", "wiki", "Restore beside…");
    await until("the plan", () => inside(plan, "[data-plan-kind=restore]"), { seconds: 60 });
    await window.picture("36-restore-en-light");
    await carryOut(plan, "^Restore on beijing", { confirm: "beijing" });
    await until("the copy", async () => (await appsIn(region)).some((name) => !before.includes(name)));
    const report = await openReport();
    await window.picture("37-report-en-light");
    const field = await window.element("textbox", "Name of the original app", { within: report });
    const remove = await window.element("button", "Delete the original", { within: report });
    await window.fill(field, "wik");
    assert.equal(await window.read("return arguments[0].disabled", remove), true);
    await window.fill(field, "wiki");
    await ready(remove);
    await window.click(remove);
    await until("the original to be gone", () => inside(report, "[data-original=deleted]"), { seconds: 60 });
    await closeSheet();
    await until("the column to know", async () => !(await window.find("button", { source: "^wiki, (Running|Stopped|Abnormal)" }, region)));
  });

  it("deletes a backup with its package, after saying what stays without", async () => {
    const sheet = await columnMenu("shanghai", "All backups…");
    await until("the list", () => inside(sheet, "[data-backup-version]"));
    const row = await window.read("return arguments[0].querySelector('[data-backup-status=ready][data-backup-version]')", sheet);
    const version = await window.attribute(row, "data-backup-version");
    const app = await window.attribute(row, "data-app-name");
    const lies = () => packages("shanghai").filter((file) => file.endsWith(`_${version}.zip`));
    assert.ok(lies().length > 0);
    await window.click(await window.element("button", "Actions for", { within: row }));
    await window.click(await window.element("menuitem", { source: "^Delete…$" }));
    const removal = await window.element("dialog", `Delete the backup of ${app}`);
    await until("what stays", async () => /the platform never deletes it/.test(await window.text(removal)));
    await window.picture("38-removal-en-light");
    await window.click(await window.element("checkbox", "Delete the package from the store too", { within: removal }));
    await press(removal, { source: "^Delete record and package$" });
    await until("the end", () => window.read("return !!document.querySelector('[data-removal=done]')"), { seconds: 60 });
    await window.picture("39-removed-en-light");
    assert.deepEqual(lies(), [], "the package is gone from the store");
    await window.type(KEY.escape);
    const list = await window.element("dialog", "All backups of shanghai");
    await until("the list without it", async () => (await inside(list, "[data-backup-version]")) && !(await versionsIn(list)).includes(version));
    await closeSheet();
  });

  it("imports a ticket's backup as a record only", async () => {
    const library = await column("This computer");
    const file = await until("the ticket", () => window.read("return arguments[0].querySelector('[data-file-name$=\".bak\"]')", library));
    await window.click(file);
    await window.click(await window.element("button", "Import to…"));
    await window.click(await window.element("menuitem", { source: "^shanghai" }));
    const sheet = await dialog();
    await until("the plan", () => inside(sheet, "[data-plan-kind]"), { seconds: 60 });
    await window.click(await window.element("checkbox", "As a record only", { within: sheet }));
    await until("the plan of the record", () => inside(sheet, "[data-line=arrives_record]"), { seconds: 60 });
    await window.picture("40-record-only-en-light");
    await carryOut(sheet, "^(Import|Migrate) to shanghai");
    const report = await openReport();
    assert.match(await window.text(report), /Nothing was restored, as asked/);
    await closeSheet();
  });
});
