/**
 * The clauses of the platform's feature that the other tests leave: a running app that is dragged, gateway rules and data by
 * choice, a restore in place, backups hot and local, duplicates, teams and stores near and far, reports that are saved, a
 * restore that hangs, a window that is closed in the middle. The clusters run in a process of their own, which can be made to fail.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { answerDialog } from "./dialogs.mjs";
import { KEY, until, Window } from "./driver.mjs";
import { files, hands } from "./hands.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";
import { Served } from "./served.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-clauses-"));
const clock = path.join(home, "minutes-ahead");
let served;
let window;

const { pickTeam, column, dialog, inside, part, press, check, checks, columnMenu, cardMenu, carryOut, leaveOpen, showJobs, openReport, closeSheet, putAway, appsIn } = hands(() => window);

/** What the desktop was told to open: its opener is one of ours. */
const shown = path.join(home, "opened");
const desktop = mkdtempSync(path.join(tmpdir(), "rainferry-desktop-"));
writeFileSync(path.join(desktop, "xdg-open"), `#!/bin/sh\nprintf '%s\\n' "$1" > '${shown}'\n`, { mode: 0o755 });

const open = async () => {
  window = await Window.open(home, { RAINFERRY_CLOCK: clock, PATH: `${desktop}:${process.env.PATH}` });
  await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), "商城"), { seconds: 60 });
};

/** The head of an app, as it is clicked and dragged. */
const app = async (name, of) => window.element("button", { source: `^${of}, ` }, { within: await column(name) });
const level = async (sheet, id) => (await window.attribute(await part(sheet, `[data-check=${id}]`), "data-check-level"));
const says = (sheet, line) => until(`the line ${line}`, () => inside(sheet, `[data-line=${line}]`), { seconds: 30 });
const told = async (sheet, which) => window.text(await part(sheet, `[data-report=${which}]`));
const jobs = () => until("the list of jobs", () => window.read("return document.querySelector('ol.jobs')"));
const newestJob = () => window.read("return document.querySelector('[data-job-id]')?.dataset.jobId ?? null");
/** The bundle in the library, once it is proven and nothing of its card will change. */
const bundleCard = () =>
  until("the bundle", async () => {
    const card = await window.read("return arguments[0].querySelector('[data-file-name$=\".tar.zst\"]')", await column("This computer"));
    if (!card || !(await inside(card, "[title=Verified]"))) return null;
    // The list is drawn anew when the library tells of a change: it must stand still.
    const before = await window.middle(card);
    await new Promise((done) => setTimeout(done, 600));
    const now = await window.read("return arguments[0].isConnected", card);
    return now && (await window.middle(card)).y === before.y ? card : null;
  });
const bundles = () => files(path.join(home, "library")).filter((file) => file.endsWith(".tar.zst"));

describe("every clause in the window", { timeout: 900_000 }, () => {
  before(async () => {
    served = await Served.start();
    served.save(home, "beijing", "shanghai", "factory");
    await open();
    await pickTeam("shanghai", "运维团队");
  });
  after(async () => {
    await window?.close();
    await served?.stop();
    rmSync(desktop, { recursive: true, force: true });
    if (!process.env.RAINFERRY_KEEP) rmSync(home, { recursive: true, force: true });
  });
  afterEach(putAway);

  it("takes a running app by keyboard to the next column", async () => {
    const handle = await app("beijing", "wiki");
    await window.read("arguments[0].focus()", handle);
    await window.type(KEY.space);
    await until("the lifted app", () => window.read("return !!document.querySelector('[data-ghost=app]')"));
    await until("shanghai to answer", async () => {
      await window.type("\uE014");
      return window.read("return !!arguments[0].querySelector('[data-drop-answer=over]')", await column("shanghai"));
    }, { seconds: 10 });
    await window.type(KEY.space);
    const sheet = await dialog();
    await until("the plan", async () => /migrate wiki to shanghai/i.test(await window.text(sheet)));
    await closeSheet();
  });

  it("drags a running app to another column: the ghost says what it is, a place says why not, and it is backed up first", async () => {
    const ghost = () => window.read("return document.querySelector('[data-ghost=app]')?.innerText ?? ''");
    await window.lift(await app("beijing", "wiki"), await column("beijing"));
    await until("the reason", async () => /It is from this team/.test(await ghost()));
    assert.match(await ghost(), /wiki\s+App/);
    await window.letGo();
    assert.equal(await window.find("dialog"), null, "a refused drop opens nothing");

    await window.lift(await app("beijing", "wiki"), await column("shanghai"));
    await until("the target", async () => /Migrate to shanghai/.test(await ghost()));
    await window.picture("50-drag-app-en-light");
    await window.letGo();
    const sheet = await dialog();
    await checks(sheet);
    assert.match(await window.text(sheet), /backed up where it is first/);
    await carryOut(sheet, "^Migrate to shanghai", { confirm: "beijing" });
    await until("the app in shanghai", async () => (await appsIn(await column("shanghai"))).includes("wiki"));
  });

  it("exports a local backup whose package is in a store, and tells a duplicate by its content", async () => {
    await window.drag(await newestBackup(window, await column("shanghai"), "发布工具"), await column("This computer"));
    const plan = await dialog();
    await leaveOpen(plan);
    await carryOut(plan, "^Export");
    assert.equal(bundles().length, 1);
    // Its own team has the same bytes; another one does not.
    for (const [team, expected] of [["运维团队", true], ["客户团队", false]]) {
      await pickTeam("shanghai", team);
      await window.lift(await bundleCard(), await column("shanghai"));
      await window.picture("53-drag-bundle-en-light");
      await window.letGo();
      const sheet = await dialog();
      await checks(sheet);
      assert.equal(await inside(sheet, "[data-check=duplicate][data-check-level=warn]"), expected);
      if (expected) {
        await closeSheet();
        continue;
      }
      const name = await window.element("textbox", "App name on arrival", { within: sheet });
      await window.fill(name, "release-2");
      await until("the name in the plan", async () => /New app release-2/.test(await window.text(sheet)));
      await carryOut(sheet, "^Import to shanghai");
      await until("its own new app", async () => (await appsIn(await column("shanghai"))).includes("release-2"));
    }
    await pickTeam("shanghai", "运维团队");
  });

  it("leaves gateway rules to people when told so: old and new addresses, a checklist, and the app opened in its console", async () => {
    const sheet = await cardMenu("beijing", "商城", "Migrate to…", "shanghai / 运维团队");
    await checks(sheet);
    await says(sheet, "arrives_gateway_rules");
    await check(sheet, "Make the gateway rules again");
    await until("rules that stay", async () => !(await inside(sheet, "[data-line=arrives_gateway_rules]")));
    await carryOut(sheet, "^Migrate to shanghai");
    const report = await openReport();
    assert.match(await told(report, "addresses"), /shop\.example\.test/);
    assert.match(await told(report, "by-hand"), /Make the gateway rules again in the console/);
    assert.match(await told(report, "arrived"), /Components run: 5 of 5/);
    await window.picture("51-report-addresses-en-light");
    await press(report, "Open in console");
    const page = await part(report, "[data-app-page]");
    assert.match(await window.attribute(page, "data-app-page"), /\/apps\/\d+$/);
    await closeSheet();
  });

  it("saves a report as a page and as data, where the desktop's dialog says", async () => {
    const report = await openReport();
    await press(report, "Save report…");
    await window.click(await window.element("menuitem", "As a page"));
    const page = path.join(home, "报告 of the job.html");
    await answerDialog(/^Save File$/, page);
    await until("the page", () => existsSync(page));
    assert.match(readFileSync(page, "utf8"), /商城.*shop\.example\.test/s);
    assert.match(await window.text(report), /Saved as 报告 of the job\.html/);
    assert.ok(await window.find("button", "Show in folder", report), "its folder, as before");
    await press(report, "Open report");
    await until("the browser", () => existsSync(shown) && readFileSync(shown, "utf8").trim() === page);
    await closeSheet();
    await window.click(await window.element("button", "Actions for 商城", { within: await jobs() }));
    await window.click(await window.element("menuitem", "Save report…"));
    await window.click(await window.element("menuitem", "As data"));
    const data = path.join(home, "report.json");
    await answerDialog(/^Save File$/, data);
    await until("the data", () => existsSync(data));
    assert.equal(JSON.parse(readFileSync(data, "utf8")).job, await newestJob());
  });

  it("explains a clash of gateway rules, and lets the data of volumes be left out", async () => {
    const sheet = await cardMenu("beijing", "wiki", "Migrate to…", "shanghai / 运维团队");
    await checks(sheet);
    assert.equal(await level(sheet, "gateway"), "warn");
    assert.match(await window.text(await part(sheet, "[data-check=gateway]")), /wiki\.example\.test/);
    if (await window.find("button", { source: "^Official$" }, sheet)) await press(sheet, { source: "^Official$" });
    await check(sheet, "Leave volume data out");
    await until("the data to be left out", async () => /without|left out|empty/i.test(await window.text(await part(sheet, "[data-check=volume_data]"))));
    assert.equal(await level(sheet, "volume_data"), "warn");
    await carryOut(sheet, "^Migrate to shanghai");
    const report = await openReport();
    assert.match(await told(report, "missing"), /wiki\.example\.test/);
    assert.match(await told(report, "missing"), /data/i);
    await closeSheet();
  });

  it("backs up while stateful components run, locally, and marks it hot", async () => {
    await window.click(await window.element("button", "Back up…", { within: await column("beijing") }));
    await window.click(await window.element("menuitem", "客户系统"));
    const sheet = await dialog();
    await window.fill(await window.element("textbox", "Note", { within: sheet }), "hot one");
    assert.match(await window.text(await part(sheet, "[data-check=stateful]")), /客户库/);
    await window.click(await window.element("radio", "Local", { within: sheet }));
    await window.click(await window.element("radio", "Back up while they run", { within: sheet }));
    await until("the warning", async () => (await level(sheet, "stateful")) === "warn");
    assert.match(await window.text(await window.element("radio", "Back up while they run", { within: sheet }).then((e) => window.read("return arguments[0].closest('label')", e))), /may be inconsistent/);
    assert.ok(await inside(sheet, "[data-check=size]"), "held against the limits");
    await carryOut(sheet, "^Back up on beijing", { confirm: "beijing" });
    const list = await columnMenu("beijing", "All backups…");
    const row = await part(list, "[data-backup-version][data-app-name=客户系统]");
    assert.match(await window.text(row), /hot[\s\S]*hot one[\s\S]*Local/);
    await closeSheet();
  });

  it("says which custom volumes hold a backup back, and what to do", async () => {
    await window.click(await window.element("button", "Back up…", { within: await column("beijing") }));
    await window.click(await window.element("menuitem", "文件归档"));
    const sheet = await dialog();
    const said = await part(sheet, "[data-check=custom_volumes][data-check-level=block]");
    assert.match(await window.text(said), /文件服务/);
    assert.ok(await inside(said, ".fix"));
    await closeSheet();
  });

  it("migrates to another team of its cluster, inside the one store", async () => {
    const sheet = await cardMenu("shanghai", "监控", "Migrate to…", "shanghai / 客户团队");
    await checks(sheet);
    assert.match(await window.text(sheet), /Server copy/);
    await carryOut(sheet, "^Migrate to shanghai");
  });

  it("restores in place, after what runs was stopped", async () => {
    const sheet = await cardMenu("shanghai", "监控", "Restore in place…");
    await checks(sheet);
    assert.equal(await level(sheet, "closed"), "block");
    await check(sheet, "Stop what runs first");
    await until("the way to be free", async () => (await level(sheet, "closed")) === "warn");
    await carryOut(sheet, "^Restore on shanghai");
    const report = await openReport();
    assert.match(await told(report, "arrived"), /component/);
    await closeSheet();
  });

  it("carries a bundle to a site that nothing else reaches", async () => {
    assert.match(await window.text(await column("factory")), /Cannot reach/);
    await served.control("/site", { site: "factory" });
    await press(await column("factory"), "Retry");
    await until("its apps", async () => (await appsIn(await column("factory"))).includes("车间看板"));
    await window.click(await bundleCard(), 2);
    await window.click(await window.element("menuitem", "Import to…"));
    await window.click(await window.element("menuitem", { source: "^factory" }));
    const sheet = await dialog();
    await carryOut(sheet, "^Import to factory");
    await until("the app at the factory", async () => (await appsIn(await column("factory"))).includes("发布工具"));
    await served.control("/site", { site: "office" });
  });

  it("goes on after the window was closed in the middle of a copy", async () => {
    const slow = { server: "store", method: "UploadPart", path: "**", hits: { from: 5 }, trouble: { slow: { bytes_per_sec: 200_000 } } };
    await served.control("/fault", { cluster: "shanghai", fault: slow });
    const sheet = await cardMenu("beijing", "商城", "Migrate to…", "shanghai / 客户团队");
    await checks(sheet);
    await carryOut(sheet, "^Migrate to shanghai", { end: null });
    await until("bytes to move", () => window.read("return /MB of/.test(document.querySelector('.job')?.innerText ?? '')"));
    const id = await newestJob();
    await window.quit();
    await served.control("/clear", { cluster: "shanghai" });
    await open();
    await showJobs();
    assert.equal(await newestJob(), id);
    await jobEnds(window);
  });

  it("says that a restore hangs, and what to do about it", async () => {
    await served.control("/switches", { cluster: "shanghai", switches: { restore_fails: true, sends_component_name: true } });
    await pickTeam("shanghai", "客户团队");
    const sheet = await cardMenu("shanghai", "线索收集", "Restore beside…");
    await carryOut(sheet, "^Restore on shanghai", { end: null });
    await until("the restore", () => window.read("return /Restore/.test(document.querySelector('.job .line-two')?.innerText ?? '')"));
    await new Promise((done) => setTimeout(done, 3000));
    writeFileSync(clock, "30");
    await jobEnds(window, "failed");
    await window.click(await window.element("button", { source: "^Problem$" }, { within: await jobs() }));
    const problem = await dialog();
    assert.match(await window.text(problem), /no progress for \d+ min[\s\S]*What you can do/);
    await window.picture("52-stuck-en-light");
    await closeSheet();
  });
});
