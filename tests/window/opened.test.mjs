/**
 * What the desktop opens with Rainferry: files and links as arguments of a start. A second start hands them to the window that is
 * there; each opens a sheet or is refused with words, and nothing is done by itself.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { root, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-opened-"));
const ticket = path.join(home, "官方 ticket.bak");
let window;

const { column, closeSheet, putAway } = hands(() => window);

/** Starts the program once more, as the desktop does, and waits until that start has ended. */
async function startAgain(...words) {
  const env = { ...process.env, RAINFERRY_HOME: home };
  const again = spawn(path.join(root, "target/debug/rainferry"), words, { env, cwd: home, stdio: "ignore" });
  const timer = setTimeout(() => again.kill("SIGKILL"), 20_000);
  const [code] = await once(again, "exit");
  clearTimeout(timer);
  assert.equal(code, 0, "the second start ends well, and at once");
}

const jobs = () => readdirSync(home).includes("jobs") ? readdirSync(path.join(home, "jobs")).length : 0;
const consoleAddress = (name) => JSON.parse(readFileSync(path.join(home, "profiles.json"), "utf8")).consoles.find((one) => one.name === name).url;
/** The plan was asked for, and tells of this very file that its package is nowhere. */
async function planOfTicket() {
  await until("the plan", async () => /Nothing has happened yet[^]*A ticket holds no data/.test(await sheetText()), { seconds: 20 });
}

const sheetText = async () => window.text(await window.element("dialog"));

describe("what the desktop opens", { timeout: 300_000 }, () => {
  before(async () => {
    copyFileSync(path.join(root, "tests/fixtures/recorded/v6.9.8/files/unicode-note.bak"), ticket);
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" }, { args: [ticket] });
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  afterEach(putAway);

  it("shows the file it was started with, and where it may go", async () => {
    await until("the sheet", async () => (await sheetText()).includes("Import 官方 ticket.bak"), { seconds: 60 });
    await until("the teams", async () => /shanghai/.test(await sheetText()), { seconds: 60 });
    await window.picture("opened-file-en-light");
    await closeSheet();
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), "商城"), { seconds: 60 });
  });

  it("opens a file of a second start in the first window, as far as its plan", async () => {
    await startAgain("官方 ticket.bak");
    await until("the sheet", async () => (await sheetText()).includes("Import 官方 ticket.bak"));
    await window.click(await window.element("button", "shanghai / ", { within: await window.element("dialog") }));
    await planOfTicket();
    await closeSheet();
    assert.equal(jobs(), 0, "nothing was done");
  });

  it("lets a link wait while somebody writes in a sheet, then opens it", async () => {
    await startAgain("rainferry://console?address=https%3A%2F%2Fconsole.example.com%3A7070");
    const address = await window.element("textbox", "Address");
    assert.equal(await window.read("return arguments[0].value", address), "https://console.example.com:7070");
    await startAgain(`rainferry://console?address=${encodeURIComponent(consoleAddress("beijing"))}`);
    assert.equal(await window.read("return arguments[0].value", address), "https://console.example.com:7070", "still there");
    await closeAnd(async () => (await sheetText()).includes("Connection beijing"));
    await closeSheet();
  });

  it("opens a plan by a link, and starts nothing", async () => {
    const to = `to-console=${encodeURIComponent(consoleAddress("shanghai"))}&to-cluster=shanghai&to-team=ops`;
    await startAgain(`rainferry://plan?file=${encodeURIComponent(ticket)}&${to}`);
    await planOfTicket();
    await closeSheet();
    assert.equal(jobs(), 0, "nothing was done");
  });

  it("refuses hostile links and other files with words", async () => {
    const hostile = [
      ["rainferry://delete?backup=1", "not one of Rainferry's"],
      ["rainferry://console?address=javascript:alert(1)", "no address of a console"],
      ["rainferry://import?file=/etc/passwd", "neither a bundle nor a ticket"],
      ["rainferry://plan?console=http://nowhere.example&cluster=a&team=b&app=1", "No saved connection"],
      ["--remote-debugging-port=9222", "no option"],
    ];
    for (const [word, why] of hostile) {
      await startAgain(word);
      await until(why, () => window.read("return document.body.innerText.includes(arguments[0])", why), { seconds: 10 });
      assert.equal(await window.find("dialog"), null, `${word} opens nothing`);
    }
    await window.picture("opened-refused-en-light");
  });
});

/** Closes the sheet; the next one may come up at once. */
async function closeAnd(what) {
  await window.type("\uE00C");
  await until("the next sheet", what);
}
