/**
 * A console with 20,000 backups in the real window: the rows come, the filter and the wheel keep up. Limits are generous, the
 * numbers are printed; `make bench-ui` measures with more care.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { APPS, crowded, EACH, filterTakes, opened, seenAt, watch, wheel } from "./crowd.mjs";
import { KEY, until } from "./driver.mjs";
import { hands } from "./hands.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-crowd-"));
const LIMITS = { rowsSecs: 40, filterMs: 400, scrollTaskMs: 250 };
let served;
let window;

const { column } = hands(() => window);
const ROWS = "document.querySelector('.column[data-environment=production] [data-backup-version]')";

/** How many rows the list of a column has, drawn or not. */
const rowsOf = (region) => window.read("return Number(arguments[0].querySelector('[aria-setsize]')?.getAttribute('aria-setsize') ?? 0)", region);

describe("a console with 20,000 backups", { timeout: 200_000 }, () => {
  before(async () => {
    served = await crowded(home);
  });
  after(async () => {
    await window?.close();
    await served?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("shows its rows", async (test) => {
    const begun = await opened(home);
    window = begun.window;
    const secs = ((await seenAt(window, ROWS)) - begun.launched) / 1000;
    test.diagnostic(`first rows after ${secs.toFixed(1)} s`);
    await window.click(await window.element("button", "By time"));
    const beijing = await column("beijing");
    await until("all rows", async () => (await rowsOf(beijing)) >= APPS * EACH);
    assert.ok((await window.read("return arguments[0].querySelectorAll('[data-backup-version]').length", beijing)) < 80, "only what is seen is drawn");
    assert.ok(secs < LIMITS.rowsSecs, `${secs} s`);
  });

  it("filters them while one types", async (test) => {
    const beijing = await column("beijing");
    const field = await window.element("searchbox", "", { within: beijing });
    const ms = await filterTakes(window, field, "crowd-199", "return [...document.querySelectorAll('[aria-setsize]')].some((e) => e.getAttribute('aria-setsize') === '100')");
    test.diagnostic(`the slowest key of the filter: ${ms.toFixed(0)} ms`);
    assert.ok(ms < LIMITS.filterMs, `${ms} ms`);
    await window.chord(KEY.control, "a");
    await window.type(KEY.backspace);
    await until("all rows", async () => (await rowsOf(beijing)) >= APPS * EACH);
  });

  it("scrolls through them", async (test) => {
    const beijing = await column("beijing");
    const list = await window.read("return arguments[0].querySelector('.virtual-scroll')", beijing);
    const stop = await watch(window);
    await wheel(window, list, 120);
    const seen = await stop();
    test.diagnostic(`longest task ${seen.task.toFixed(0)} ms, longest frame ${seen.frame.toFixed(0)} ms of ${seen.frames}`);
    assert.ok((await window.read("return arguments[0].scrollTop", list)) > 5_000, "the wheel turned");
    assert.ok(seen.frames > 20 && seen.task < LIMITS.scrollTaskMs, JSON.stringify(seen));
  });
});
