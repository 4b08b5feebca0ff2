/** The installed program: its window comes up, its page answers, and it ends when it is closed. Usage: installed.mjs PROGRAM */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Window } from "./driver.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-installed-"));
const window = await Window.open(home, {}, { binary: process.argv[2] });
try {
  assert.match(await window.title(), /Rainferry/);
  await window.click(await window.element("button", "Add cluster"));
  await window.element("dialog");
  await window.picture("installed");
} finally {
  await window.close();
  rmSync(home, { recursive: true, force: true });
}
console.log("the installed program opened its window, answered and ended");
