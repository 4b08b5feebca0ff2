/**
 * The main job in the real window, as a person does it: start the sample clusters, drag a backup onto another cluster, to this
 * computer and back, make a backup, open files by the dialog, save a cluster. Each test looks at the screen and at what landed.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { answerDialog } from "./dialogs.mjs";
import { root, until, Window } from "./driver.mjs";
import { files, hands } from "./hands.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-window-"));
const app = "商城";
let window;

const { column, appsIn, leaveOpen } = hands(() => window);
const button = (name, options) => window.element("button", name, options);

/** Packages that lie in a sample cluster's store, as files: by name and size. */
function packages(cluster) {
  return files(path.join(home, "samples", cluster, "store")).filter((file) => /_\d{14}\.zip$/.test(file));
}

async function sha256(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** Waits for the plan, takes its picture, presses the button that names verb and target, and waits for the job. */
async function carryOut(name, label) {
  const sheet = await window.element("dialog", "", { seconds: 30 });
  await until("the plan's checks", () => window.read("return !!arguments[0].querySelector('[data-check-level]')", sheet));
  await window.picture(name);
  const start = await window.element("button", { source: label }, { within: sheet });
  await until("the button to be ready", () => window.read("return !arguments[0].disabled && arguments[0].getAttribute('aria-disabled') !== 'true'", start));
  await window.click(start);
  await window.gone("dialog", "", { seconds: 30 });
}

describe("the main job in the window", { timeout: 600_000 }, () => {
  before(async () => {
    window = await Window.open(home);
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("opens under its name", async () => {
    assert.match(await window.title(), /Rainferry/);
    await button("sample");
    await window.picture("01-welcome-en-light");
  });

  it("shows the sample clusters side by side", async () => {
    await window.click(await button("sample"));
    for (const name of ["beijing", "shanghai"]) await column(name);
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
    await window.picture("02-board-en-light");
  });

  it("migrates a backup that is dragged onto another cluster", async () => {
    const card = await newestBackup(window, await column("beijing"), app);
    const version = await window.attribute(card, "data-backup-version");
    const before = new Set(packages("shanghai"));
    await window.lift(card, await column("shanghai"));
    await window.picture("03-drag-en-light");
    await window.letGo();
    await carryOut("04-plan-en-light", "^Migrate to shanghai");
    await until("bytes to move", () => window.read("return !!document.querySelector('[data-job-state]')"));
    await window.picture("05-transfers-en-light");
    await jobEnds(window, "done", 120);
    await window.picture("05-transfers-done-en-light");

    await until("the app in shanghai", async () => (await appsIn(await column("shanghai"))).includes(app));
    const landed = packages("shanghai").filter((file) => !before.has(file) && file.endsWith(`_${version}.zip`));
    assert.equal(landed.length, 1, `one package landed: ${landed}`);
    const source = packages("beijing").find((file) => file.endsWith(`_${version}.zip`));
    assert.ok(statSync(source).size > 96 * 1024 * 1024, "the package is large enough to have a middle");
    assert.equal(await sha256(landed[0]), await sha256(source), "byte for byte");
  });

  it("exports a backup that is dragged to this computer", async () => {
    const card = await newestBackup(window, await column("beijing"), app);
    await window.drag(card, await column("This computer"));
    // Credentials are inside: left unencrypted by hand, so that plain tools open it.
    await leaveOpen(await window.element("dialog", "", { seconds: 30 }));
    await carryOut("06-plan-export-en-light", "^Export");
    await jobEnds(window, "done", 120);
    const bundles = files(path.join(home, "library")).filter((file) => file.endsWith(".tar.zst"));
    assert.equal(bundles.length, 1);
    const folder = mkdtempSync(path.join(tmpdir(), "rainferry-bundle-"));
    execFileSync("tar", ["--zstd", "-xf", bundles[0], "-C", folder]);
    const inside = path.join(folder, readdirSync(folder)[0]);
    assert.match(execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: inside, encoding: "utf8" }), /package\/.*: OK/);
    rmSync(folder, { recursive: true });
  });

  it("imports a bundle that is dragged onto a cluster", async () => {
    const library = await column("This computer");
    const file = await until("the bundle in the library", () =>
      window.read("return arguments[0].querySelector('[data-file-name$=\".tar.zst\"]')", library),
    );
    const before = new Set(packages("shanghai"));
    await window.drag(file, await column("shanghai"));
    await carryOut("07-plan-import-en-light", "^Import to shanghai");
    await jobEnds(window, "done", 120);
    await until("the second app in shanghai", async () => (await appsIn(await column("shanghai"))).includes(`${app}-2`));
    const landed = packages("shanghai").filter((path) => !before.has(path));
    assert.equal(landed.length, 1);
    const source = packages("beijing").find((path) => path.endsWith(landed[0].slice(-"_YYYYMMDDHHMMSS.zip".length)));
    assert.equal(await sha256(landed[0]), await sha256(source));
  });

  it("makes a backup of an app whose database runs, and it appears", async () => {
    const shanghai = await column("shanghai");
    const versions = () => window.read("return [...arguments[0].querySelectorAll('[data-backup-version]')].map((e) => e.dataset.backupVersion)", shanghai);
    const before = await versions();
    await window.click(await window.element("button", "Back up…", { within: shanghai }));
    await window.click(await window.element("menuitem", app));
    const sheet = await window.element("dialog");
    const note = await window.element("textbox", "Note", { within: sheet });
    await window.fill(note, "from the window 窗口");
    // Its database runs: a backup is refused until it is said what becomes of it.
    await until("the block", () => window.read("return !!arguments[0].querySelector('[data-check-level=block]')", sheet));
    await window.click(await window.element("radio", "Stop them", { within: sheet }));
    await carryOut("08-backup-en-light", "^Back up");
    await jobEnds(window, "done", 120);
    await until("the new backup", async () => (await versions()).some((version) => !before.includes(version)));
  });

  it("opens a ticket and a bundle by the desktop's file dialog", async () => {
    const ticket = path.join(home, "官方 ticket.bak");
    copyFileSync(path.join(root, "tests/fixtures/recorded/v6.9.8/files/unicode-note.bak"), ticket);
    await openByDialog(ticket);
    await until("the ticket", () => window.read("return !!document.querySelector('[data-file-name$=\".bak\"]')"));
    const bundle = files(path.join(home, "library")).find((file) => file.endsWith(".tar.zst"));
    const moved = path.join(home, "一个 bundle.tar.zst");
    copyFileSync(bundle, moved);
    await openByDialog(moved);
    await until("the bundle", () => window.read("return document.body.innerText.includes(arguments[0])", path.basename(moved)));
    await window.picture("09-opened-en-light");
  });
});

async function openByDialog(file) {
  await window.click(await window.element("button", "Open…", { within: await column("This computer") }));
  await answerDialog(/^Open File$/, file);
}
