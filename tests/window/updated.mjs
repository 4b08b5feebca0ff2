/**
 * The installed program replaces itself by a package that was carried here and starts what was installed; that names itself in the
 * data folder, and has the folder for itself. Usage: updated.mjs PROGRAM PACKAGE PUBLIC-KEY-FILE
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { answerDialog } from "./dialogs.mjs";
import { until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";

const [program, packed, key] = process.argv.slice(2);
const home = mkdtempSync(path.join(tmpdir(), "rainferry-updated-"));
const window = await Window.open(home, { RAINFERRY_SAMPLES: "1", RAINFERRY_UPDATE_KEY: readFileSync(key, "utf8") }, { binary: program });
const { dialog, press } = hands(() => window);
try {
  await window.click(await window.element("button", { source: "^Settings$" }));
  const sheet = await dialog();
  await press(sheet, "Install from a file…");
  await answerDialog(/^Open File$/, packed);
  const install = await window.element("button", "Install 99.0.0 and restart", { within: sheet });
  const pid = await window.pid();
  window.leaveBy(install);
  await window.ended(pid);
  const anew = await until("the new program", () => Number(readFileSync(path.join(home, "started-anew"), "utf8")));
  try {
    await until("the new program to have the data folder", () => spawnSync("flock", ["--nonblock", path.join(home, "lock"), "true"]).status === 1);
  } finally {
    process.kill(anew);
  }
} catch (error) {
  await window.close();
  throw error;
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log("it replaced itself by a signed package and started that");
