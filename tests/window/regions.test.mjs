/**
 * A console with two clusters: each is a column of its own, and an app goes from one to the other.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { until, Window } from "./driver.mjs";
import { hands } from "./hands.mjs";
import { newestBackup } from "./samples.mjs";
import { Served } from "./served.mjs";

const NEAR = "shanghai 上海测试集群";
const FAR = "shanghai 成都测试集群";

const home = mkdtempSync(path.join(tmpdir(), "rainferry-regions-"));
let served;
let window;

const { column, dialog, carryOut, checks, pickTeam, appsIn } = hands(() => window);

describe("a console with two clusters", { timeout: 300_000 }, () => {
  before(async () => {
    served = await Served.start("--second-cluster");
    served.save(home, "shanghai");
    window = await Window.open(home);
    await column(NEAR);
    await pickTeam(NEAR, "运维团队");
    await until("the backups", async () => newestBackup(window, await column(NEAR), "监控"), { seconds: 60 });
  });
  after(async () => {
    await window?.close();
    await served?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("carries an app to another cluster of its console", async () => {
    const backup = await newestBackup(window, await column(NEAR), "监控");
    await window.drag(backup, await column(FAR));
    const sheet = await dialog();
    await checks(sheet);
    assert.match(await window.text(sheet), /a console imports packages into its first cluster only/i);
    await window.picture("57-other-cluster-en-light");
    await carryOut(sheet, "^Migrate to shanghai");
    await until("the app over there", async () => (await appsIn(await column(FAR))).includes("监控"));
  });
});
