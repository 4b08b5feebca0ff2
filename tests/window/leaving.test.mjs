/**
 * Closing while a job runs, with a desktop that has a tray and shows notifications: nothing is closed unasked, the tray keeps the job
 * going and brings the window back, quitting stops it where it is. And the window comes up again where it stood.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { KEY, root, until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-leaving-"));
const said = [];
let window;
let desktop;

const { column, carryOut, press, showJobs, closeSheet } = hands(() => window);
const heard = (kind) => said.filter((one) => one.kind === kind);

async function startDesktop() {
  desktop = spawn("/usr/bin/python3", [path.join(root, "tests/window/desktop.py")], { stdio: ["pipe", "pipe", "inherit"] });
  createInterface({ input: desktop.stdout }).on("line", (line) => said.push(JSON.parse(line)));
  await until("the desktop", () => heard("ready").length > 0);
}

async function endDesktop() {
  desktop.stdin.end();
  await once(desktop, "exit");
}

/** Slow enough to be closed in the middle. */
async function limitTo(rate) {
  await window.click(await window.element("button", { source: "^Settings$" }));
  const sheet = await window.element("dialog");
  await window.fill(await window.element("textbox", "Bandwidth", { within: sheet }), `${rate}${KEY.enter}`);
  await window.picture("settings-desktop-en-light");
  await closeSheet();
}

async function startJob(menu, label) {
  const card = await until("a backup", async () => newestBackup(window, await column("beijing"), "商城"), { seconds: 60 });
  await window.click(card, 2);
  for (const item of menu) await window.click(await window.element("menuitem", item));
  const sheet = await window.element("dialog");
  await carryOut(sheet, label, { end: null });
  await until("the job to run", () => window.read("return !!document.querySelector('[data-job-state=running]')"));
}

/** Closes the window; the question comes up. */
async function closeAndBeAsked() {
  await window.pressClose();
  return { sheet: await window.element("dialog", "running") };
}

function bounds() {
  const id = execFileSync("xdotool", ["search", "--onlyvisible", "--name", "^Rainferry"], { encoding: "utf8" }).trim().split("\n").pop();
  const told = execFileSync("xwininfo", ["-id", id], { encoding: "utf8" });
  return ["Absolute upper-left X", "Absolute upper-left Y", "Width", "Height"].map((name) => Number(new RegExp(`${name}:\\s+(-?\\d+)`).exec(told)[1]));
}

describe("closing the window", { timeout: 300_000 }, () => {
  before(async () => {
    await startDesktop();
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
  });
  after(async () => {
    if (desktop.exitCode === null) await endDesktop();
    rmSync(home, { recursive: true, force: true });
  });

  it("puts a sign into the tray", async () => {
    await until("the sign", () => heard("sign").length > 0);
  });

  it("asks first while a job runs, and stays where it is told to", async () => {
    await limitTo(12);
    await startJob(["Migrate to…", "shanghai / 客户团队"], "^Migrate to shanghai");
    const { sheet } = await closeAndBeAsked();
    await window.picture("leaving-en-light");
    assert.match(await window.text(sheet), /Migrate 商城/);
    await press(sheet, { source: "^Cancel$" });
    await window.gone("dialog");
    assert.ok(window.isVisible());
  });

  it("keeps the job going in the tray, and tells when it is done", async () => {
    const { sheet } = await closeAndBeAsked();
    window.leaveBy(await window.element("button", "Keep running in the tray", { within: sheet }));
    await until("the window to go", () => !window.isVisible());
    const [note] = await until("a note", () => (heard("note").length > 0 ? heard("note") : null), { seconds: 90 });
    assert.equal(note.title, "Migrate 商城");
    assert.match(note.body, /^Done/);
  });

  it("comes back by the sign in the tray", async () => {
    desktop.stdin.write("Show Rainferry\n");
    await until("the window", () => window.isVisible() && heard("menu").length > 0);
    assert.deepEqual(heard("menu")[0].labels.filter(Boolean), ["Show Rainferry", "Quit"]);
    await showJobs();
    await jobEnds(window);
  });

  it("stops and quits where it is told to, without a tray too, and goes on at the next start", async () => {
    await endDesktop();
    await startJob(["Migrate to…", "shanghai / 客户团队"], "^Migrate to shanghai");
    const { sheet } = await closeAndBeAsked();
    assert.equal(await window.find("button", "Keep running in the tray", sheet), null, "nothing would bring it back");
    await press(sheet, { source: "^Cancel$" });
    await window.gone("dialog");
    await window.quit();
    window = await Window.open(home);
    await column("beijing");
    await showJobs();
    await jobEnds(window);
  });

  it("comes up where it stood, after a kill as well", async () => {
    const id = await window.shown();
    execFileSync("xdotool", ["windowsize", id, "1100", "700"]);
    execFileSync("xdotool", ["windowmove", id, "120", "80"]);
    const kept = () => JSON.parse(readFileSync(path.join(home, "window.json"), "utf8")).main;
    await until("the place to be kept", () => kept().width === 1100 && kept().height === 700, { seconds: 10 });
    const stood = bounds();
    await window.kill();
    window = await Window.open(home);
    await until("the same place", () => bounds().every((value, at) => Math.abs(value - stood[at]) < 2), { seconds: 10 });
    await window.close();
  });

  it("comes up all the same where that memory is damaged", async () => {
    writeFileSync(path.join(home, "window.json"), '{"main": {"width": 11');
    window = await Window.open(home);
    assert.deepEqual(bounds().slice(2), [1280, 800]);
    await window.close();
  });
});
