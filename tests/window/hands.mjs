/**
 * What a person does again and again in the window: finds a column, opens a menu, presses a button, carries out a plan.
 * Made for one window, which may be another one after a restart: it is asked for each time.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { KEY, until } from "./driver.mjs";
import { jobEnds, newestBackup } from "./samples.mjs";

/** All files below a folder; none where there is no such folder. */
export function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

export function hands(window) {
  const column = (name) => window().element("region", { source: `^${name}$` });
  const dialog = () => window().element("dialog", "", { seconds: 30 });
  const inside = (sheet, selector) => window().read("return !!arguments[0].querySelector(arguments[1])", sheet, selector);
  const part = (sheet, selector) => until(selector, () => window().read("return arguments[0].querySelector(arguments[1])", sheet, selector));
  const ready = (element) => until("the button to be ready", () => window().read("return !arguments[0].disabled", element));

  async function press(sheet, name) {
    const button = await window().element("button", name, { within: sheet });
    await ready(button);
    await window().click(button);
  }

  async function check(sheet, name) {
    await window().click(await window().element("checkbox", name, { within: sheet }));
  }

  /** Of a plan of an export: plain tools are to open the bundle. */
  async function leaveOpen(sheet) {
    await checks(sheet);
    const box = await window().element("checkbox", "Encrypt the bundle", { within: sheet });
    if (await window().read("return arguments[0].checked", box)) await window().click(box);
  }

  /** An item of the menu behind the dots of a column. */
  async function columnMenu(name, item) {
    await window().click(await window().element("button", `Column menu: ${name}`));
    await window().click(await window().element("menuitem", item));
    return dialog();
  }

  /** An item of the menu that a backup opens under the right button; the last of `items` opens a sheet. */
  async function cardMenu(name, app, ...items) {
    const card = await until(`a backup of ${app}`, async () => newestBackup(window(), await column(name), app));
    await window().click(card, 2);
    for (const item of items) await window().click(await window().element("menuitem", item));
    return dialog();
  }

  async function pickTeam(name, team) {
    const list = await window().element("combobox", "", { within: await column(name) });
    await window().choose(list, team);
    await until(`the team ${team}`, async () => (await window().read("return arguments[0].selectedOptions[0]?.text", list)) === team, { seconds: 5 });
  }

  const checks = (sheet) => until("the checks", () => inside(sheet, "[data-check-level]"), { seconds: 60 });

  /** Presses the button of a plan, its name typed where it asks for one, and waits for the job. */
  async function carryOut(sheet, label, { confirm = null, seconds = 180, end = "done" } = {}) {
    await checks(sheet);
    if (confirm) await window().fill(await window().element("textbox", "Cluster name", { within: sheet }), confirm);
    await press(sheet, { source: label });
    await window().gone("dialog", "", { seconds: 60 });
    if (end) await jobEnds(window(), end, seconds);
  }

  /** The report of the newest job. */
  async function openReport() {
    await showJobs();
    await window().click(await window().element("button", { source: "^Report$" }));
    return dialog();
  }

  async function showJobs() {
    const closed = await window().find("button", "Show transfers");
    if (closed) await window().click(closed);
  }

  async function closeSheet() {
    await window().type(KEY.escape);
    await window().gone("dialog");
  }

  /** After each test: a sheet that a failed one left open, and the drawer of jobs, would be in the way of the next. */
  async function putAway(test) {
    for (let tries = 0; tries < 3 && (await window().find("dialog")); tries++) {
      await window().picture(`left-open ${test.name.replace(/[^a-z]+/gi, "-").slice(0, 60)}`);
      await window().type(KEY.escape);
      await new Promise((done) => setTimeout(done, 400));
    }
    const drawer = await window().find("button", "Collapse transfers");
    if (drawer) await window().click(drawer);
  }

  /** Names of the apps that a column shows. */
  const appsIn = (region) =>
    window().read("return [...new Set([...arguments[0].querySelectorAll('[data-app-name]')].map((e) => e.dataset.appName))]", region);
  const versionsIn = (region) =>
    window().read("return [...arguments[0].querySelectorAll('[data-backup-version]')].map((e) => e.dataset.backupVersion)", region);

  return { pickTeam, column, dialog, inside, part, ready, press, check, checks, leaveOpen, columnMenu, cardMenu, carryOut, showJobs, openReport, closeSheet, putAway, appsIn, versionsIn };
}
