/**
 * Without a display: performs the sample migration in a real window by the pointer drag of the tests, saves a picture,
 * prints the report and ends. RAINFERRY_STAY=1 keeps the window open until interrupted.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { until, Window } from "./driver.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-run-"));
const window = await Window.open(home, { RAINFERRY_SAMPLES: "1" });
try {
  const column = (name) => window.element("region", { source: `^${name}$` });
  const card = await until("the backups of beijing", async () => newestBackup(window, await column("beijing"), "商城"), { seconds: 60 });
  console.log("Dragging the newest backup of 商城 from beijing onto shanghai");
  await window.drag(card, await column("shanghai"));
  const sheet = await window.element("dialog");
  const start = await window.element("button", { source: "^Migrate to shanghai" }, { within: sheet });
  await until("the plan to allow it", () => window.read("return !arguments[0].disabled && arguments[0].getAttribute('aria-disabled') !== 'true'", start));
  await window.click(start);
  await jobEnds(window);
  await window.click(await window.element("button", { source: "^Report$" }));
  const report = await window.element("dialog");
  await until("the report", () => window.read("return !!arguments[0].querySelector('[data-report=arrived]')", report));
  for (const [title, part] of [["Arrived", "arrived"], ["Did not arrive", "missing"]]) {
    console.log(title);
    const text = await window.read("return arguments[0].querySelector('[data-report=' + arguments[1] + ']').innerText", report, part);
    const lines = text.split("\n").slice(1).filter((line) => line.trim());
    for (const line of lines) console.log(`  ${line}`);
  }
  console.log(`Picture: ${await window.picture("run")}`);
  if (process.env.RAINFERRY_STAY === "1") {
    console.log("The window stays open; interrupt to end");
    await new Promise((done) => process.once("SIGINT", done));
  }
} finally {
  await window.close();
  rmSync(home, { recursive: true, force: true });
}
