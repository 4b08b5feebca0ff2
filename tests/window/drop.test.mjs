/**
 * The other ways to the same plan: a file dragged in from the desktop, the keyboard, and the menu of a backup.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { KEY, root, until, Window } from "./driver.mjs";
import { newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-drop-"));
const app = "商城";
let window;

const column = (name) => window.element("region", { source: `^${name}$` });
const x11 = (...words) => execFileSync("xdotool", words.map(String), { encoding: "utf8" }).trim();

/** Where an X window's content begins on the screen. */
function corner(id) {
  const told = execFileSync("xwininfo", ["-id", id], { encoding: "utf8" });
  const number = (name) => Number(new RegExp(`${name}:\\s+(-?\\d+)`).exec(told)[1]);
  return { x: number("Absolute upper-left X"), y: number("Absolute upper-left Y"), width: number("Width"), height: number("Height") };
}

async function planOpens() {
  const sheet = await window.element("dialog");
  await until("the checks", () => window.read("return !!arguments[0].querySelector('[data-check-level]')", sheet));
  const text = await window.text(sheet);
  await window.type(KEY.escape);
  await window.gone("dialog");
  return text;
}

describe("other ways to a plan", { timeout: 300_000 }, () => {
  before(async () => {
    window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
    await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), app), { seconds: 60 });
  });
  after(async () => {
    await window?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("takes a backup by keyboard to the next column", async () => {
    const card = await newestBackup(window, await column("beijing"), app);
    const handle = await window.read("return arguments[0].querySelector('[data-row]')", card);
    await window.click(handle);
    await window.type(KEY.space);
    await until("the lifted backup", () => window.read("return !!document.querySelector('.ghost, [data-ghost]')"));
    await until("shanghai to answer", async () => {
      await window.type("\uE014");
      return window.read("return !!arguments[0].querySelector('[data-drop-answer=over]') || arguments[0].matches('.over')", await column("shanghai"));
    }, { seconds: 10 });
    await window.type(KEY.space);
    assert.match(await planOpens(), /Migrate to shanghai/);
  });

  it("offers the same in the menu of a backup", async () => {
    const card = await newestBackup(window, await column("beijing"), app);
    const handle = await window.read("return arguments[0].querySelector('[data-row]')", card);
    await window.click(handle, 2);
    await window.click(await window.element("menuitem", "Export"));
    assert.match(await planOpens(), /Export/);
  });

  it("takes a file that is dropped in from the desktop", async () => {
    const file = path.join(home, "从桌面 ticket.bak");
    copyFileSync(path.join(root, "tests/fixtures/recorded/v6.9.8/files/unicode-note.bak"), file);
    const desktop = spawn("/usr/bin/python3", [path.join(root, "tests/window/dragsource.py"), file], { stdio: "ignore" });
    try {
      const from = corner(await until("the file manager", () => x11("search", "--onlyvisible", "--name", "^File manager$")));
      const shown = corner(x11("search", "--onlyvisible", "--name", "^Rainferry").split("\n").pop());
      const target = await window.middle(await column("This computer"));
      const a = { x: from.x + from.width / 2, y: from.y + from.height / 2 };
      const b = { x: shown.x + target.x, y: shown.y + target.y };
      x11("mousemove", Math.round(a.x), Math.round(a.y), "mousedown", 1);
      for (let step = 1; step <= 12; step += 1) {
        x11("mousemove", Math.round(a.x + ((b.x - a.x) * step) / 12), Math.round(a.y + ((b.y - a.y) * step) / 12), "sleep", 0.06);
      }
      x11("mouseup", 1);
      await until("the dropped file", async () =>
        window.read("return !!arguments[0].querySelector('[data-file-name=\"从桌面 ticket.bak\"]')", await column("This computer")),
      );
    } finally {
      desktop.kill();
    }
  });
});
