/**
 * A bundle behind a passphrase, as a person makes and opens one: the plan wants the passphrase, the card shows a lock, after a
 * restart it is asked for once, and the package arrives byte for byte.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { until, Window } from "./driver.mjs";
import { files, hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-encrypted-"));
const app = "商城";
const word = "canary word 93ab";
let window;

const { column, part, inside, ready, press, cardMenu, carryOut, dialog, appsIn, putAway } = hands(() => window);

const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
const packages = (cluster) => files(path.join(home, "samples", cluster, "store")).filter((file) => /_\d{14}\.zip$/.test(file));
const bundle = () => files(path.join(home, "library")).find((file) => file.endsWith(".tar.zst.age"));
const fields = (within) => window.read("return [...arguments[0].querySelectorAll('input[type=password]')]", within);
const card = async (kind) =>
  until(`a ${kind} file`, async () => window.read("return arguments[0].querySelector(`[data-file-kind=${arguments[1]}]`)", await column("This computer"), kind));

describe("bundles behind a passphrase, in the window", { timeout: 600_000 }, () => {
  before(async () => {
    window = await Window.open(home);
    await window.click(await window.element("button", "sample"));
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
  });
  afterEach(putAway);
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("an export with credentials wants a passphrase, twice the same", async () => {
    const sheet = await cardMenu("beijing", app, "Export to this computer…");
    const [first, second] = await until("two fields", async () => {
      const found = await fields(sheet);
      return found.length === 2 && found;
    });
    const start = await window.element("button", { source: "^Export" }, { within: sheet });
    assert.equal(await window.read("return arguments[0].disabled", start), true);
    await until("the reason", async () => (await window.text(sheet)).includes("Type a passphrase"));
    await window.picture("encrypted-plan-empty-en-light");
    await window.fill(first, word);
    await window.fill(second, `${word}x`);
    await until("the difference", async () => (await window.text(sheet)).includes("The two passphrases differ"));
    await window.fill(second, word);
    await ready(start);
    await window.picture("encrypted-plan-en-light");
    await carryOut(sheet, "^Export");
    assert.ok(bundle(), "an encrypted bundle is in the library");
    assert.match(readFileSync(bundle()).subarray(0, 21).toString(), /^age-encryption\.org\/v1$/);
    await card("bundle");
    await window.picture("encrypted-open-en-light");
  });

  it("after a restart it is locked; a wrong passphrase is told, the right one opens it", async () => {
    await window.close();
    window = await Window.open(home);
    await window.click(await card("locked"));
    const form = await until("the form", () => window.read("return document.querySelector('form.passphrase')"));
    await window.picture("encrypted-locked-en-light");
    const [field] = await fields(form);
    await window.fill(field, "not this one");
    await press(form, "Open");
    await until("the refusal", async () => (await window.text(form)).includes("The passphrase is not the right one"));
    await window.picture("encrypted-wrong-en-light");
  });

  it("it is imported from its plan, which asks once, byte for byte", async () => {
    const before = new Set(packages("shanghai"));
    await window.drag(await card("locked"), await column("shanghai"));
    const sheet = await dialog();
    await part(sheet, "input[type=password]");
    await window.picture("encrypted-import-en-light");
    const [field] = await fields(sheet);
    await window.fill(field, word);
    await press(sheet, "Open");
    await until("the plan", () => inside(sheet, "[data-check-level]"), { seconds: 60 });
    await carryOut(sheet, "^Import to shanghai");
    await card("bundle");
    await until("the app in shanghai", async () => (await appsIn(await column("shanghai"))).includes(app));
    const landed = packages("shanghai").filter((file) => !before.has(file));
    assert.equal(landed.length, 1);
    const source = packages("beijing").find((file) => file.endsWith(landed[0].slice(-"_YYYYMMDDHHMMSS.zip".length)));
    assert.equal(sha256(landed[0]), sha256(source));
    for (const file of files(home).filter((file) => !file.includes("/samples/")))
      assert.ok(!readFileSync(file).includes(word), `${file} holds the passphrase`);
  });
});
