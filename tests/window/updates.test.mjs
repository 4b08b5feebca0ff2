/**
 * Updates in the real window, by the real updater: nobody is asked before the button, a forged package is refused, a good one is
 * proven from the wire and from a file, and only then offered. Publisher and key pair are made here. What runs was built and not
 * installed, so the last step is refused.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { answerDialog } from "./dialogs.mjs";
import { KEY, root, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-updates-"));
const arch = process.arch === "arm64" ? { name: "arm64", rust: "aarch64" } : { name: "amd64", rust: "x86_64" };
const packed = path.join(home, `Rainferry_99.0.0_${arch.name}.deb`);
const asked = [];
/** Whether the second half of the package is held back. */
let isHeld = false;
let window, publisher, at;

const { dialog, press, closeSheet, putAway } = hands(() => window);
const signer = (...words) => execFileSync(path.join(root, "ui/node_modules/.bin/tauri"), ["signer", ...words], { stdio: "ignore" });

/** A key pair of this run: what it signs, and what a build would hold. */
function makeKey() {
  const key = path.join(home, "key");
  signer("generate", "--ci", "--password", "", "--write-keys", key);
  writeFileSync(packed, "the bytes of a package");
  signer("sign", "--private-key", readFileSync(key, "utf8"), "--password", "", "--app-version", "99.0.0", packed);
  return readFileSync(`${key}.pub`, "utf8");
}

async function publish() {
  publisher = createServer((request, answer) => {
    asked.push(request.url);
    const row = { url: `${at}/package`, signature: readFileSync(`${packed}.sig`, "utf8") };
    const manifest = { version: "99.0.0", notes: "Copies are quicker.", platforms: { [`linux-${arch.rust}`]: row } };
    if (request.url === "/latest.json") return answer.end(JSON.stringify(manifest));
    const bytes = readFileSync(packed);
    answer.setHeader("content-length", bytes.length);
    if (!isHeld) return answer.end(bytes);
    request.once("close", () => asked.push("gone"));
    answer.write(bytes.subarray(0, bytes.length / 2));
  }).listen(0, "127.0.0.1");
  await once(publisher, "listening");
  at = `http://127.0.0.1:${publisher.address().port}`;
}

async function openSettings() {
  await window.click(await window.element("button", { source: "^Settings$" }));
  return dialog();
}

const says = (sheet, what) => until(what.source, async () => what.test(await window.text(sheet)), { seconds: 30 });

describe("updates", { timeout: 180_000 }, () => {
  after(async () => {
    await window?.close();
    publisher?.close();
    rmSync(home, { recursive: true, force: true });
  });
  it("says that a build without a key takes none", async () => {
    window = await Window.open(path.join(home, "plain"), { RAINFERRY_UPDATE_KEY: "", RAINFERRY_SAMPLES: "1" });
    const sheet = await openSettings();
    await says(sheet, /This build takes no updates/);
    assert.equal(await window.find("button", "Check for updates", sheet), null);
    await window.close();
    window = null;
  });

  describe("with a key", () => {
    afterEach(putAway);
    before(async () => {
      const key = makeKey();
      await publish();
      window = await Window.open(path.join(home, "keyed"), { RAINFERRY_UPDATE_KEY: key, RAINFERRY_SAMPLES: "1" });
    });

    it("asks nobody before the button, and offers what is proven", async () => {
      const sheet = await openSettings();
      await window.fill(await window.element("textbox", { source: "^Updates" }, { within: sheet }), `${at}/latest.json`);
      await window.type(KEY.enter);
      assert.deepEqual(asked, []);
      await press(sheet, "Check for updates");
      await says(sheet, /Version 99\.0\.0 is there/);
      assert.deepEqual(asked, ["/latest.json"]);
      await window.picture("updates-found-en-light");
      isHeld = true;
      await press(sheet, "Download 99.0.0");
      await says(sheet, /11 B of 22 B/);
      await window.picture("updates-fetching-en-light");
      await press(sheet, "Cancel");
      await says(sheet, /^(?![^]*11 B of 22 B)[^]*Version 99\.0\.0 is there/);
      await until("the end of the download", () => asked.at(-1) === "gone");
      isHeld = false;
      await press(sheet, "Download 99.0.0");
      await says(sheet, /99\.0\.0 is here, and its signature holds/);
      assert.deepEqual(asked, ["/latest.json", "/package", "gone", "/package"]);
      await window.picture("updates-proven-en-light");
      await press(sheet, "Install 99.0.0 and restart");
      await says(sheet, /was not installed by a package, so none can replace it/);
      await closeSheet();
    });

    it("takes a file with its signature beside it, and refuses it once a byte is added", async () => {
      const before = asked.length;
      const sheet = await openSettings();
      await press(sheet, "Install from a file…");
      await answerDialog(/^Open File$/, packed);
      await says(sheet, /99\.0\.0 is here, and its signature holds/);
      appendFileSync(packed, "!");
      await press(sheet, "Install from a file…");
      await answerDialog(/^Open File$/, packed);
      await says(sheet, /The update is not trusted[^]*is not what was signed/);
      await window.picture("updates-refused-en-light");
      await closeSheet();
      assert.equal(asked.length, before, "a file needs no network");
    });
  });
});
