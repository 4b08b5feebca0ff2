/**
 * The sample clusters in a process of their own, which a test can make fail, and a data folder that has them saved.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { root } from "./driver.mjs";

export const cli = path.join(root, "target/debug/rainferry-cli");

export class Served {
  /** `more`: further words of the command line. */
  static async start(...more) {
    return Served.in(mkdtempSync(path.join(tmpdir(), "rainferry-served-")), ...more);
  }

  static async in(folder, ...more) {
    const child = spawn(cli, ["sandbox", "--dir", folder, "--print-json", ...more], { stdio: ["ignore", "pipe", "inherit"] });
    const info = await new Promise((done, fail) => {
      createInterface({ input: child.stdout }).once("line", (line) => done(JSON.parse(line)));
      child.once("exit", () => fail(new Error("the sandbox ended")));
    });
    return new Served(folder, child, info);
  }

  constructor(folder, child, info) {
    this.folder = folder;
    this.child = child;
    this.info = info;
  }

  cluster(name) {
    return this.info.clusters.find((cluster) => cluster.name === name);
  }

  /** Saves clusters, with their stores, in the data folder `home`; one that does not answer is saved all the same. */
  save(home, ...names) {
    for (const name of names) {
      const cluster = this.cluster(name);
      const { endpoint, bucket, access_key, secret_key, region } = cluster.store;
      const store = ["--store-endpoint", endpoint, "--store-bucket", bucket, "--store-access-key", access_key, "--store-region", region];
      const secrets = { RAINFERRY_HOME: home, RAINFERRY_PASSWORD: cluster.password, RAINFERRY_STORE_SECRET: secret_key };
      const words = ["console", "add", name, cluster.console_url, "--user", cluster.user, "--environment", cluster.environment, ...store];
      try {
        execFileSync(cli, words, { env: { ...process.env, ...secrets }, stdio: "pipe" });
      } catch (error) {
        if (error.status !== 5) throw error;
      }
    }
  }

  /** Faults, switches, the place of this computer: see the sandbox's control server. */
  async control(where, body) {
    const answer = await fetch(this.info.control_url + where, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${where}: ${await answer.text()}`);
  }

  /** Ends the servers, changes the rows of a cluster, and starts them again. */
  async edited(name, change) {
    await this.end();
    const file = path.join(this.folder, name, "state.json");
    const state = JSON.parse(readFileSync(file, "utf8"));
    change(state);
    writeFileSync(file, JSON.stringify(state));
    return Served.in(this.folder);
  }

  async end() {
    this.child.kill("SIGINT");
    if (this.child.exitCode === null) await once(this.child, "exit");
  }

  async stop() {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
