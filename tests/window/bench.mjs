/**
 * How the real window holds 20,000 backups: when something useful is drawn, when it can be used, how the filter, the wheel and a
 * copy at full speed are felt, what it takes of memory. Prints a table; `--write` puts it into the READMEs.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { APPS, crowded, EACH, filterTakes, memory, opened, seenAt, watch, wheel } from "./crowd.mjs";
import { KEY, root, until } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";

const RUNS = 3;
const BEIJING = "document.querySelector('.column[data-environment=production]')";
const ROWS = `${BEIJING}?.querySelector('[data-backup-version]')`;
const WHOLE = `${ROWS} && !document.querySelector('.column [aria-busy=true]')`;
const home = mkdtempSync(path.join(tmpdir(), "rainferry-bench-"));
let window;
const { column, dialog, press, checks } = hands(() => window);

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

async function start() {
  const begun = await opened(home);
  window = begun.window;
  return {
    paint: (await seenAt(window, "document.querySelector('.board .column')")) - begun.launched,
    rows: (await seenAt(window, ROWS)) - begun.launched,
    whole: (await seenAt(window, WHOLE)) - begun.launched,
  };
}

/** All rows of the list by time are drawn from; without it a list by app has only the newest of each. */
async function allRows() {
  await window.click(await window.element("button", "By time"));
  await until("all rows", () => window.read(`return Number(${BEIJING}?.querySelector('[aria-setsize]')?.getAttribute('aria-setsize') ?? 0) >= ${APPS * EACH}`));
}

async function filter() {
  const field = await window.element("searchbox", "", { within: await column("beijing") });
  const ms = await filterTakes(window, field, "crowd-199", "return [...document.querySelectorAll('[aria-setsize]')].some((e) => e.getAttribute('aria-setsize') === '100')");
  await window.chord(KEY.control, "a");
  await window.type(KEY.backspace);
  return ms;
}

async function scroll() {
  const list = await window.read(`return ${BEIJING}.querySelector('.virtual-scroll')`);
  const stop = await watch(window);
  await wheel(window, list, 240);
  return stop();
}

/** With the drawer open, its graph growing, and all rows in the column. */
async function copy() {
  await window.click(await window.element("button", "By app"));
  const search = await window.element("searchbox", "Search apps");
  await window.fill(search, "商城");
  const card = await until("the backup", async () => newestBackup(window, await column("beijing"), "商城"));
  await window.drag(card, await column("shanghai"));
  const sheet = await dialog();
  await checks(sheet);
  const stop = await watch(window);
  await press(sheet, { source: "^Migrate to shanghai" });
  await window.gone("dialog", "", { seconds: 60 });
  await jobEnds(window, "done", 180);
  return stop();
}

const ms = (value) => `${Math.round(value)} ms`;
const secs = (value) => `${(value / 1000).toFixed(1)} s`;
const mib = (value) => `${Math.round(value)} MiB`;

async function measured() {
  const first = await start();
  await window.close();
  const starts = [];
  for (let run = 0; run < RUNS; run++) {
    starts.push(await start());
    if (run < RUNS - 1) await window.close();
  }
  await allRows();
  const filtered = await filter();
  const scrolled = await scroll();
  const held = await memory(window);
  const copied = await copy();
  const after = await memory(window);
  const goal = (met) => (met ? "met" : "missed");
  return [
    ["first useful paint: the board (median of " + RUNS + " starts)", secs(median(starts.map((one) => one.paint))), ""],
    ["rows of last time on the board", secs(median(starts.map((one) => one.rows))), ""],
    ["rows on the very first start, read from the console", secs(first.rows), ""],
    ["everything read anew, ready", secs(median(starts.map((one) => one.whole))), ""],
    ["slowest key of the filter, to the next frame", ms(filtered), `≤ 100 ms: ${goal(filtered <= 100)}`],
    ["wheel: longest task, longest frame", `${ms(scrolled.task)}, ${ms(scrolled.frame)}`, `task ≤ 50 ms: ${goal(scrolled.task <= 50)}`],
    ["copy at full speed: longest task, longest frame", `${ms(copied.task)}, ${ms(copied.frame)}`, `no frame > 50 ms: ${goal(copied.frame <= 50)} (${copied.slow} of ${copied.frames})`],
    ["memory of the program, before and after the copy", `${mib(held.shell)}, ${mib(after.shell)}`, ""],
    ["memory of the page, before and after the copy", `${mib(held.page)}, ${mib(after.page)}`, ""],
  ];
}

function write(table) {
  const mark = "<!-- bench-ui: written by `make bench-ui ARGS=--write` -->";
  for (const name of ["README.md", "README.zh-CN.md"]) {
    const file = path.join(root, name);
    const [before, rest] = readFileSync(file, "utf8").split(mark);
    if (rest === undefined) throw new Error(`${name} has no place for the table`);
    writeFileSync(file, `${before}${mark}\n${table}\n<!-- /bench-ui -->${rest.split("<!-- /bench-ui -->")[1]}`);
  }
}

let served;
try {
  served = await crowded(home);
  const rows = await measured();
  const head = `A console with 20,000 backups, real window (WebKitGTK, no GPU), development build, ${cpus().length} cores that the sample clusters share.\n`;
  const table = [head, "| what | measured | goal |", "|---|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
  console.log(table);
  if (process.argv.includes("--write")) write(table);
} finally {
  await window?.close();
  await served?.stop();
  rmSync(home, { recursive: true, force: true });
}
