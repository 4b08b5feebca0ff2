/**
 * The client is killed in the middle of a copy while the clusters go on in a process of their own. Started again, it finishes:
 * the object is equal byte for byte, and the app was imported once. Passwords come from the real keyring on both runs. Then the
 * window and the command line are killed in turn, whenever: RAINFERRY_KILLS times.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, it } from "node:test";
import { until, Window } from "./driver.mjs";
import { cli, Served } from "./served.mjs";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-kill-"));
let served;

const environment = (more = {}) => ({ ...process.env, RAINFERRY_HOME: home, ...more });
const run = (...words) => execFileSync(cli, words, { env: environment(), encoding: "utf8" });

function stored(cluster) {
  const folder = path.join(served.folder, cluster, "store");
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".zip"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Facts of the newest job. */
function facts() {
  const folder = path.join(home, "jobs");
  const journal = existsSync(folder) ? readdirSync(folder).sort().pop() : null;
  if (!journal) return [];
  const lines = readFileSync(path.join(folder, journal), "utf8").split("\n").filter((line) => line.endsWith("}"));
  return lines.map((line) => JSON.parse(line).fact);
}

before(async () => {
  served = await Served.start();
  served.save(home, "beijing", "shanghai");
});

after(async () => {
  await served?.stop();
  rmSync(home, { recursive: true, force: true });
});

it("finishes a copy in whose middle it was killed, and imports once", { timeout: 180_000 }, async () => {
  const before = new Set(stored("shanghai"));
  const team = JSON.parse(run("clusters", "--json")).find(({ name }) => name === "shanghai").clusters[0].teams[0].alias;
  const slow = { server: "store", method: "UploadPart", path: "**", hits: { from: 5 }, trouble: { slow: { bytes_per_sec: 200_000 } } };
  await served.control("/fault", { cluster: "shanghai", fault: slow });
  const client = spawn(cli, ["migrate", "--lane", "official", "beijing/商城", `shanghai/${team}`], { env: environment(), stdio: "ignore" });
  await until("parts in the journal", () => facts().filter(({ is }) => is === "part_done").length >= 2);
  client.kill("SIGKILL");
  await once(client, "exit");
  const sent = facts().filter(({ is }) => is === "part_done").length;
  assert.ok(!facts().some(({ is }) => is === "object_done"), "killed in the middle");
  await served.control("/clear", { cluster: "shanghai" });

  run("jobs", "resume");
  const told = facts();
  assert.equal(told.at(-1).is, "done");
  assert.ok(told.filter(({ is }) => is === "part_done").length >= sent);
  assert.equal(told.filter(({ is }) => is === "ticket_taken").length, 1, "handed in once");
  assert.equal(told.filter(({ is }) => is === "transfer_started").length, 1, "one upload, gone on with");
  const landed = stored("shanghai").filter((file) => !before.has(file));
  assert.equal(landed.length, 1);
  const source = stored("beijing").find((file) => path.basename(file) === path.basename(landed[0]));
  assert.equal(sha256(landed[0]), sha256(source), "byte for byte");
  const column = JSON.parse(run("backups", `shanghai/${team}`, "--json"));
  assert.equal(column.apps.filter(({ name }) => name === "商城").length, 1, "one app");
  assert.equal(column.apps.find(({ name }) => name === "商城").backups.length, 1, "one record");
});

it("is killed whenever, window and command line in turn, and the app arrives once", { timeout: 600_000 }, async () => {
  const kills = Number(process.env.RAINFERRY_KILLS ?? 4);
  const before = new Set(stored("shanghai"));
  const team = JSON.parse(run("clusters", "--json")).find(({ name }) => name === "shanghai").clusters[0].teams[0].alias;
  for (const method of ["PutObject", "UploadPart"]) {
    const slow = { server: "store", method, path: "**", hits: "always", trouble: { slow: { bytes_per_sec: 400_000 } } };
    await served.control("/fault", { cluster: "shanghai", fault: slow });
  }
  const jobs = readdirSync(path.join(home, "jobs")).length;
  const first = spawn(cli, ["migrate", "--lane", "official", "beijing/wiki", `shanghai/${team}`], { env: environment(), stdio: "ignore" });
  await until("its journal", () => readdirSync(path.join(home, "jobs")).length > jobs && facts().some(({ is }) => is === "run_started"));
  first.kill("SIGKILL");
  await once(first, "exit");
  let runs = 1;
  for (let kill = 1; kill < kills && facts().at(-1).is !== "done"; kill += 1) {
    const wait = new Promise((done) => setTimeout(done, 200 + Math.random() * 2500));
    if (kill % 2 === 1) {
      const window = await Window.open(home);
      await wait;
      await window.kill();
    } else {
      const client = spawn(cli, ["jobs", "resume"], { env: environment(), stdio: "ignore" });
      await wait;
      client.kill("SIGKILL");
      if (client.exitCode === null && client.signalCode === null) await once(client, "exit");
    }
    runs += 1;
  }
  await served.control("/clear", { cluster: "shanghai" });
  const window = await Window.open(home);
  try {
    await until("the end of the job", () => ["done", "failed", "cancelled"].includes(facts().at(-1).is), { seconds: 90 });
  } finally {
    await window.close();
  }
  console.log(`killed ${runs} times`);
  assert.equal(facts().at(-1).is, "done");
  assert.equal(facts().filter(({ is }) => is === "ticket_taken").length, 1, "handed in once");
  assert.equal(stored("shanghai").filter((file) => !before.has(file)).length, 1, "one object");
  const { apps } = JSON.parse(run("backups", `shanghai/${team}`, "--json"));
  assert.deepEqual(apps.filter(({ name }) => name === "wiki").map(({ backups }) => backups.length), [1], "one app, one record");
});

it("says that a restore hangs, and what to do about it", { timeout: 120_000 }, async () => {
  await served.control("/switches", { cluster: "shanghai", switches: { restore_fails: true, sends_component_name: true } });
  const clock = path.join(home, "minutes-ahead");
  const client = spawn(cli, ["--json", "restore", "shanghai/客户团队/线索收集", "--beside"], {
    env: environment({ RAINFERRY_CLOCK: clock }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  client.stderr.on("data", (data) => {
    said += data;
  });
  const ended = once(client, "exit");
  await until("the restore", () => facts().some(({ is }) => is === "restore_started"));
  // Its patience begins with the first look.
  await new Promise((done) => setTimeout(done, 3000));
  writeFileSync(clock, "30");
  const [code] = await ended;
  const { problem } = JSON.parse(said.trim().split("\n").pop());
  assert.deepEqual([code, problem.code], [7, "restore_stuck"], said);
  assert.ok(problem.hint, said);
  const [job] = JSON.parse(run("jobs", "list", "--json"));
  assert.equal(job.state, "failed");
});
