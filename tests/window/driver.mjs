/**
 * Drives the real window: WebKitWebDriver by plain fetch. Scripts in the page read, never act; whatever a person would
 * do goes through pointer and key actions.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const pictures = path.join(root, "target/screenshots");
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Asks again until the answer is not empty; says what it waited for when time is up. */
export async function until(what, ask, { seconds = 30 } = {}) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`Waited ${seconds} s for ${what}`, { cause: last });
}

const xdotool = (...words) => execFileSync("xdotool", words, { encoding: "utf8" }).trim();

/** Whether a process still runs; one that has ended and was not waited for does not. */
const runs = (pid) => {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

export class Window {
  /** Opens the app on a data folder. Environment variables of `extra` are added; arguments are what a start was given. */
  static async open(home, extra = {}, { binary = path.join(root, "target/debug/rainferry"), args = [] } = {}) {
    const port = await freePort();
    const env = {
      ...process.env,
      RAINFERRY_HOME: home,
      LC_ALL: "C.UTF-8",
      TAURI_AUTOMATION: "true",
      TAURI_WEBVIEW_AUTOMATION: "true",
      ...extra,
    };
    const driver = spawn("WebKitWebDriver", [`--port=${port}`], { env, stdio: ["ignore", "inherit", "inherit"] });
    const window = new Window(driver, `http://127.0.0.1:${port}`);
    await until("the driver", () => fetch(`${window.base}/status`).then((answer) => answer.ok));
    const answer = await window.send("POST", "/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args } } },
    });
    window.session = `/session/${answer.sessionId}`;
    await until("the page", () => window.read("return document.readyState === 'complete' && !!document.querySelector('#root *')"));
    return window;
  }

  constructor(driver, base) {
    this.driver = driver;
    this.base = base;
  }

  async send(method, where, body) {
    const answer = await fetch(this.base + where, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${where}: ${value?.error}: ${value?.message}`);
    return value;
  }

  call(method, where, body) {
    return this.send(method, this.session + where, body);
  }

  /** Runs a script that reads. */
  read(script, ...args) {
    return this.call("POST", "/execute/sync", { script, args });
  }

  title() {
    return this.call("GET", "/title");
  }

  /** Of the program. */
  async pid() {
    return Number(xdotool("getwindowpid", await this.shown()));
  }

  /**
   * Closes the window as a person does, and waits until the program has ended. A press that the window did not get is made again, as
   * a person would; a program that does not end although its window is gone is ended, and that is an error.
   */
  async close() {
    const pid = await this.pressClose();
    try {
      const going = until("the window to go", () => !this.isVisible() || !runs(pid), { seconds: 5 });
      await going.catch(() => this.isVisible() && this.pressClose());
      await this.ended(pid);
    } catch (error) {
      const where = this.isVisible() ? "its window stayed" : "its window had gone";
      process.kill(pid, "SIGKILL");
      throw new Error(`${error.message}: ${where}`, { cause: error });
    }
  }

  /** The key that closes windows, and the process it is pressed for: whether that ends is another question. */
  async pressClose() {
    const shown = await this.shown();
    const pid = await this.pid();
    xdotool("windowactivate", "--sync", shown, "key", "--clearmodifiers", "alt+F4");
    return pid;
  }

  /** Closes while a job runs, and answers the question: stop and quit. */
  async quit() {
    const pid = await this.pressClose();
    this.leaveBy(await this.element("button", "Stop and quit"));
    await this.ended(pid);
  }

  /** The window goes with the press: its driver hears no more of it until the window is back, or never. */
  leaveBy(button) {
    this.click(button).catch(() => {});
  }

  /** Waits until the program has ended by itself, and lets its driver go. */
  async ended(pid) {
    try {
      await until("the program to end", () => !runs(pid));
    } finally {
      this.driver.kill();
      await once(this.driver, "exit").catch(() => {});
    }
  }

  /** Whether anything of it is on the screen. */
  isVisible() {
    try {
      return xdotool("search", "--onlyvisible", "--name", "^Rainferry") !== "";
    } catch {
      return false;
    }
  }

  /** Ends the program at once, as a crash does. */
  async kill() {
    const pid = await this.pid();
    process.kill(pid, "SIGKILL");
    await until("the program to end", () => !runs(pid));
    this.driver.kill();
    await once(this.driver, "exit").catch(() => {});
  }

  /** The window's number on the screen; a search fails where another window goes meanwhile. */
  shown() {
    return until("the window on the screen", () => xdotool("search", "--onlyvisible", "--name", "^Rainferry").split("\n").pop());
  }

  /** A picture of the window as it stands on the screen, after two frames have been drawn. */
  async picture(name) {
    mkdirSync(pictures, { recursive: true });
    await this.call("POST", "/execute/async", {
      script: "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 120)))",
      args: [],
    });
    const file = path.join(pictures, `${name}.png`);
    const shown = await this.shown();
    execFileSync("import", ["-window", shown, file]);
    return file;
  }

  resize(width, height) {
    return this.call("POST", "/window/rect", { width, height });
  }

  /**
   * The element a person would mean: by role (explicit or the tag's own) and accessible name, visible, inside `within`.
   * `name` is a string (contained) or a regular expression's source as `{ re }`.
   */
  async find(role, name = "", within = null) {
    const found = await this.read(FIND, role, typeof name === "string" ? { has: name } : { re: name.source }, within);
    return found;
  }

  element(role, name = "", options = {}) {
    return until(`${role} “${name?.source ?? name}”`, () => this.find(role, name, options.within ?? null), options);
  }

  async gone(role, name = "", options = {}) {
    await until(`${role} “${name?.source ?? name}” to go`, async () => !(await this.find(role, name, options.within ?? null)), options);
  }

  text(element) {
    return this.read("return arguments[0].innerText", element);
  }

  attribute(element, name) {
    return this.read("return arguments[0].getAttribute(arguments[1])", element, name);
  }

  /** The middle of what is visible of an element, scrolled into view by the driver where need be. */
  async middle(element) {
    return this.read(
      "const e = arguments[0]; e.scrollIntoView({ block: 'nearest' }); const r = e.getBoundingClientRect(); return { x: Math.round(r.x + r.width / 2), y: Math.round(r.y + r.height / 2) }",
      element,
    );
  }

  pointer(actions) {
    return this.call("POST", "/actions", {
      actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
    });
  }

  async click(element, button = 0) {
    const { x, y } = await this.middle(element);
    await this.pointer([
      { type: "pointerMove", duration: 50, x, y },
      { type: "pointerDown", button },
      { type: "pause", duration: 30 },
      { type: "pointerUp", button },
    ]);
  }

  /** Picks from the system's own list, which opens outside the page. */
  async choose(list, text) {
    const option = await this.read("return [...arguments[0].options].find((option) => option.text === arguments[1])", list, text);
    await this.call("POST", `/element/${option[ELEMENT]}/click`, {});
  }

  /** Presses, moves in `moves` steps, and stays there with the button down. */
  async lift(from, to, moves = 10) {
    const a = await this.middle(from);
    const b = await this.middle(to);
    const path = Array.from({ length: moves }, (_, step) => ({
      type: "pointerMove",
      duration: 40,
      x: Math.round(a.x + ((b.x - a.x) * (step + 1)) / moves),
      y: Math.round(a.y + ((b.y - a.y) * (step + 1)) / moves),
    }));
    await this.pointer([{ type: "pointerMove", duration: 50, ...a }, { type: "pointerDown", button: 0 }, ...path]);
    return b;
  }

  /** Moves away as well: a pointer that rests would bring up a tooltip. */
  async letGo() {
    await this.pointer([{ type: "pointerUp", button: 0 }, { type: "pointerMove", duration: 50, x: 2, y: 2 }]);
  }

  async drag(from, to) {
    await this.lift(from, to);
    await this.letGo();
  }

  /** Types as a person would; special keys as WebDriver code points. */
  async type(text) {
    const actions = [...text].flatMap((key) => [
      { type: "keyDown", value: key },
      { type: "keyUp", value: key },
    ]);
    await this.call("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async fill(element, text) {
    await this.click(element);
    await this.chord(KEY.control, "a");
    await this.type(KEY.backspace + text);
  }

  async chord(...keys) {
    const actions = [
      ...keys.map((value) => ({ type: "keyDown", value })),
      ...keys.toReversed().map((value) => ({ type: "keyUp", value })),
    ];
    await this.call("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }
}

export const KEY = {
  backspace: "\uE003",
  tab: "\uE004",
  enter: "\uE007",
  control: "\uE009",
  escape: "\uE00C",
  space: " ",
};

export { ELEMENT };

const FIND = `
const [role, name, within] = arguments;
const own = { BUTTON: "button", A: "link", INPUT: "textbox", SELECT: "combobox", TEXTAREA: "textbox", DIALOG: "dialog", OPTION: "option", H1: "heading", H2: "heading", H3: "heading", LI: "listitem" };
const kind = (e) => {
  if (e.getAttribute("role")) return e.getAttribute("role");
  if (e.tagName === "INPUT") return { checkbox: "checkbox", radio: "radio", password: "textbox", search: "searchbox" }[e.type] ?? "textbox";
  if (e.tagName === "SECTION" && (e.getAttribute("aria-label") || e.getAttribute("aria-labelledby"))) return "region";
  return own[e.tagName] ?? "";
};
const label = (e) => {
  const by = e.getAttribute("aria-labelledby");
  if (by) return by.split(/\\s+/).map((id) => document.getElementById(id)?.innerText ?? "").join(" ");
  if (e.getAttribute("aria-label")) return e.getAttribute("aria-label");
  if (e.labels?.length) return [...e.labels].map((l) => l.innerText).join(" ");
  return e.innerText || e.getAttribute("placeholder") || e.getAttribute("title") || "";
};
const fits = (text) => (name.re ? new RegExp(name.re).test(text) : text.replace(/\\s+/g, " ").includes(name.has));
const seen = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== "hidden"; };
const all = [...(within ?? document).querySelectorAll("*")].filter((e) => kind(e) === role && seen(e) && fits(label(e)));
return all.find((e) => !all.some((o) => o !== e && e.contains(o))) ?? null;
`;
