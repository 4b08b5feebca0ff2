/**
 * What a server says is text. Apps whose names are scripts, markup and turned letters are seen as they are spelled, in columns,
 * plan, transfers and report; nothing in them runs, and the page gets nowhere but to the core.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { Served } from "./served.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-hostile-"));
const NAMES = {
  商城: '<img src=x onerror="window.harmed=1">',
  客户系统: "<script>window.harmed=2</script>",
  文件归档: "\"'><svg onload=window.harmed=3><iframe srcdoc=x>",
  wiki: "invoice\u202Egpj.exe",
};
let served;
let window;
let asked = 0;
let elsewhere;

const { column, appsIn, cardMenu, carryOut, openReport, putAway } = hands(() => window);
const harmed = () => window.read("return window.harmed ?? null");
/** Elements that only a name could have made. */
const planted = () => window.read("return document.querySelectorAll('img[src=x], iframe, [onload], [onerror], #root script').length");

describe("names that would run", { timeout: 300_000 }, () => {
  before(async () => {
    elsewhere = createServer((_, answer) => {
      asked += 1;
      answer.setHeader("Access-Control-Allow-Origin", "*").end("window.harmed=4");
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    served = await Served.start();
    served = await served.edited("beijing", (state) => {
      for (const app of state.apps) app.name = NAMES[app.name] ?? app.name;
      for (const backup of state.backups) backup.note = NAMES["商城"];
    });
    served.save(home, "beijing", "shanghai");
    window = await Window.open(home);
  });
  after(async () => {
    await window?.close();
    await served?.stop();
    elsewhere?.close();
    elsewhere?.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  });

  it("are shown as they are spelled", async (test) => {
    const region = await column("beijing");
    await until("the apps", async () => (await appsIn(region)).includes(NAMES.商城), { seconds: 60 });
    const shown = await window.text(region);
    for (const name of Object.values(NAMES)) {
      assert.ok((await appsIn(region)).includes(name), `${name} is an app`);
      assert.ok(shown.includes(name), `${name} is text: ${shown}`);
    }
    assert.equal(await harmed(), null);
    assert.equal(await planted(), 0);
    await window.picture("80-hostile-names-en-light");
    await putAway(test);
  });

  it("do not turn the words around them", async () => {
    const isolated = await window.read(
      `const e = [...document.querySelectorAll("[data-app-name]")].flatMap((row) => [...row.querySelectorAll("*")])
         .find((part) => part.children.length === 0 && part.textContent.includes("\\u202E"));
       return e ? getComputedStyle(e).unicodeBidi : "none";`,
    );
    assert.ok(["isolate", "plaintext", "isolate-override"].includes(isolated), isolated);
  });

  it("go through a plan, a job and a report", async (test) => {
    const sheet = await cardMenu("beijing", NAMES.商城, "Migrate to…", "shanghai / 运维团队");
    await until("the plan", async () => (await window.text(sheet)).includes(NAMES.商城), { seconds: 60 });
    assert.equal(await planted(), 0);
    await carryOut(sheet, "^Migrate to shanghai");
    assert.equal(await planted(), 0);
    await openReport();
    assert.equal(await harmed(), null);
    assert.equal(await planted(), 0);
    await putAway(test);
  });

  it("lead to no other page", async () => {
    const { port } = elsewhere.address();
    const before = asked;
    await window.read("setTimeout(() => location.assign(arguments[0]))", `http://127.0.0.1:${port}/page`);
    await new Promise((done) => setTimeout(done, 1500));
    assert.equal(asked, before, "nobody was asked");
    assert.ok((await appsIn(await column("beijing"))).includes(NAMES.商城), "the page is still there");
  });

  it("would find the page walled in", async () => {
    const { port } = elsewhere.address();
    const url = `http://127.0.0.1:${port}/`;
    const tried = await window.call("POST", "/execute/async", {
      script: `const [url, done] = arguments;
        const blocked = [];
        document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
        const out = {};
        const attempt = (name, act) => Promise.race([act(), new Promise((_, no) => setTimeout(() => no(new Error("nothing")), 1500))])
          .then(() => { out[name] = "got there"; }, (error) => { out[name] = "stopped"; });
        const loaded = (element) => new Promise((yes, no) => { element.onload = yes; element.onerror = no; document.body.append(element); });
        const made = (tag, more) => Object.assign(document.createElement(tag), more);
        Promise.all([
          attempt("fetch", () => fetch(url)),
          attempt("no-cors", () => fetch(url, { mode: "no-cors" })),
          attempt("image", () => loaded(made("img", { src: url }))),
          attempt("script", () => loaded(made("script", { src: url }))),
          attempt("socket", () => new Promise((yes, no) => { const s = new WebSocket(url.replace("http", "ws")); s.onopen = yes; s.onerror = no; })),
          attempt("eval", async () => (0, window.eval)("1")),
          attempt("inline", async () => {
            document.body.append(made("script", { textContent: "window.inlined = true" }));
            const holder = made("div"); holder.innerHTML = '<img src="data:," onerror="window.inlined = true">';
            document.body.append(holder);
            await new Promise((done) => setTimeout(done, 300));
            if (!window.inlined) throw new Error("did not run");
          }),
        ]).then(() => done({ out, blocked }));`,
      args: [url],
    });
    assert.deepEqual(Object.entries(tried.out).filter(([, how]) => how !== "stopped"), [], JSON.stringify(tried));
    assert.ok(tried.blocked.some((rule) => rule.startsWith("connect-src")), JSON.stringify(tried));
    assert.equal(asked, 0, "nobody elsewhere was asked");
    assert.equal(await harmed(), null);
  });

  it("and may ask the core alone", async () => {
    const refused = await window.call("POST", "/execute/async", {
      script: `const done = arguments[0];
        const ask = window.__TAURI_INTERNALS__.invoke;
        Promise.all(["plugin:event|emit", "plugin:window|close", "plugin:webview|create_webview_window", "plugin:path|resolve_directory", "plugin:app|version"]
          .map((name) => ask(name, {}).then(() => name + " went through", () => null)))
          .then((all) => done(all.filter(Boolean)));`,
      args: [],
    });
    assert.deepEqual(refused, []);
  });
});
