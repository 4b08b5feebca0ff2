/**
 * A console with 20,000 backups, and what is measured in a window that shows them: how long the page's own thread was held up,
 * how long a frame was on the screen, what the processes take.
 */
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Window } from "./driver.mjs";
import { Served } from "./served.mjs";

export const APPS = 200;
export const EACH = 100;
const DAY = 86_400_000_000;

/** Sample clusters, of which beijing keeps 200 apps with 100 backups each, saved in `home`. */
export async function crowded(home) {
  const first = await Served.start();
  const served = await first.edited("beijing", crowd);
  served.save(home, "beijing", "shanghai");
  return served;
}

function crowd(state) {
  const [app] = state.apps;
  const like = state.backups.find((one) => one.app_id === app.id);
  let id = Math.max(...state.backups.map((one) => one.id));
  const hex = (number) => number.toString(16).padStart(32, "0");
  for (let one = 0; one < APPS; one++) {
    const app_id = 10_000 + one;
    state.apps.push({ ...app, id: app_id, name: `crowd-${String(one).padStart(3, "0")}`, k8s_app: `crowd-${one}`, region_app_id: hex(app_id) });
    for (let day = 0; day < EACH; day++) {
      id += 1;
      const version = `${20200101000000 + day * 1_000_000 + one}`;
      const note = day % 10 === 0 ? "before the upgrade" : "nightly";
      const create_time = like.create_time - day * DAY;
      state.backups.push({ ...like, id, app_id, backup_id: hex(id), event_id: hex(id), group_uuid: hex(app_id), version, note, create_time });
    }
  }
}

/** Opens the window and says when the program was started. */
export async function opened(home, extra = {}) {
  const launched = Date.now();
  const window = await Window.open(home, extra);
  return { window, launched };
}

/** When the page says that something is there, on the page's clock: looked at before every frame. */
export function seenAt(window, condition) {
  return window.call("POST", "/execute/async", {
    script: `
      const done = arguments[0];
      const look = () => { if (${condition}) requestAnimationFrame(() => setTimeout(() => done(performance.timeOrigin + performance.now()))); else requestAnimationFrame(look); };
      look();`,
    args: [],
  });
}

/**
 * Looks, until asked to stop, how long the page's thread was held up at most, and how long the longest frame was on the screen.
 * Small timers tell the first: whoever holds the thread up makes them late.
 */
export async function watch(window) {
  await window.read(`
    const seen = { task: 0, frame: 0, frames: 0, slow: 0, on: true };
    window.__seen = seen;
    let before = performance.now();
    const timer = () => { const now = performance.now(); seen.task = Math.max(seen.task, now - before - 4); before = now; if (seen.on) setTimeout(timer, 4); };
    setTimeout(timer, 4);
    let last = null;
    const frame = (now) => { if (last !== null) { seen.frame = Math.max(seen.frame, now - last); seen.frames += 1; if (now - last > 50) seen.slow += 1; } last = now; if (seen.on) requestAnimationFrame(frame); };
    requestAnimationFrame(frame);`);
  return () => window.read("window.__seen.on = false; const { task, frame, frames, slow } = window.__seen; return { task, frame, frames, slow }");
}

/** What a filter takes, from the key to the next frame: told by listeners of the page, the key pressed as a person does. */
export async function filterTakes(window, field, text, settled) {
  await window.click(field);
  const times = [];
  for (const key of text) {
    await window.read(`
      window.__typed = null;
      arguments[0].addEventListener("input", () => {
        const begun = performance.now();
        requestAnimationFrame(() => setTimeout(() => { window.__typed = performance.now() - begun; }));
      }, { capture: true, once: true });`, field);
    await window.type(key);
    times.push(await waitFor(window, "return window.__typed"));
  }
  await waitFor(window, settled);
  return Math.max(...times);
}

async function waitFor(window, script) {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await window.read(script);
    if (answer) return answer;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`It did not come: ${script}`);
}

/** Turns the wheel over an element, as a hand does: the driver knows no wheel. */
export async function wheel(window, element, turns) {
  const { x, y } = await window.middle(element);
  const shown = await window.shown();
  execFileSync("xdotool", ["mousemove", "--window", shown, String(x), String(y)]);
  await promisify(execFile)("xdotool", ["click", "--repeat", String(turns), "--delay", "16", "5"]);
}

/** Memory in MiB that is the process's own, and its share of what it shares with others. */
function memoryOf(pid) {
  const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return Number(found[1]) / 1024;
}

/** Of the program, and of the process that draws the page. */
export async function memory(window) {
  const shell = await window.pid();
  const parent = (pid) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
  const isPage = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("WebKitWebProc") && parent(pid) === shell;
    } catch {
      return false;
    }
  };
  const page = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).find(isPage);
  return { shell: memoryOf(shell), page: page ? memoryOf(page) : Number.NaN };
}
