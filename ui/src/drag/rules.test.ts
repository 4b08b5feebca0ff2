/** May this drop there? One table. */
import { expect, test } from "vitest";
import type { AppView, ClusterView } from "../ipc/generated/contract";
import { app, backup, bundleFile, cluster } from "../platform/fake/world";
import { accepts, planFor } from "./rules";
import type { Payload, Target, Verdict } from "./types";

const ready = backup("商城", { created: "2026-08-20 10:30:12", id: "b1" });
const beijing = cluster("c1", "beijing", "production");
const shanghai = cluster("c2", "shanghai", "test", { teams: [{ name: "ops", alias: "" }] });

const from = (over: Partial<typeof ready> = {}): Payload => ({
  kind: "backup",
  cluster: beijing.id,
  clusterName: "beijing",
  environment: "production",
  team: "shop",
  teamAlias: "商城团队",
  backup: { ...ready, ...over },
});
const running = (components: number, over: Partial<Extract<Payload, { kind: "app" }>> = {}): Payload => ({
  kind: "app",
  cluster: beijing.id,
  clusterName: "beijing",
  environment: "production",
  readOnly: false,
  team: "shop",
  teamAlias: "商城团队",
  app: app("商城", "running", [ready], components),
  ...over,
});
const file = (kind: "bundle" | "ticket" | "unreadable"): Payload => ({ kind: "file", file: bundleFile("wiki", 1, { kind }) });
const desktop = (...paths: string[]): Payload => ({ kind: "desktop", paths });
const to = (cluster: ClusterView, team: string | null, over: Partial<Extract<Target, { kind: "team" }>> = {}): Target => ({
  kind: "team",
  cluster,
  console: "ready",
  team,
  teamAlias: team ?? "",
  app: null,
  ...over,
});
const library: Target = { kind: "library", freeBytes: 1 };
const into = (components: number): AppView => app("x", "empty", [], components);
const yes = (verb: Extract<Verdict, { kind: "yes" }>["verb"]): Verdict => ({ kind: "yes", verb });
const no = (why: Extract<Verdict, { kind: "no" }>["why"]): Verdict => ({ kind: "no", why });

test.each<[string, Payload, Target, Verdict]>([
  ["a backup to another cluster", from(), to(shanghai, "ops"), yes("migrate")],
  ["a backup to another team of its cluster", from(), to(beijing, "ops"), yes("migrate")],
  ["a backup to its own team", from(), to(beijing, "shop"), no("same_team")],
  ["a backup to a read-only cluster", from(), to({ ...shanghai, read_only: true }, "ops"), no("read_only")],
  ["a backup to a console that failed", from(), to(shanghai, "ops", { console: "failed" }), no("offline")],
  ["a backup to a cluster that is down", from(), to({ ...shanghai, healthy: false }, "ops"), no("offline")],
  ["a backup to a console that never answered", from(), { kind: "console", console: "failed" }, no("offline")],
  ["an app to a console that is being asked", running(4), { kind: "console", console: "connecting" }, no("connecting")],
  ["an app to a console that was not asked yet", running(4), { kind: "console", console: "unknown" }, no("connecting")],
  ["a backup where no team is", from(), to(shanghai, null), no("no_team")],
  ["a backup into an empty app", from(), to(shanghai, "ops", { app: into(0) }), yes("migrate")],
  ["a backup into an app with components", from(), to(shanghai, "ops", { app: into(3) }), no("app_not_empty")],
  ["a backup that is being made", from({ status: "running" }), to(shanghai, "ops"), no("backup_running")],
  ["a backup that failed", from({ status: "failed" }), library, no("backup_failed")],
  ["a backup to this computer", from(), library, yes("export")],
  ["a local backup to this computer", from({ mode: "local" }), library, yes("export")],
  ["an app to another cluster", running(4), to(shanghai, "ops"), yes("migrate")],
  ["an app to another team of its cluster", running(4), to(beijing, "ops"), yes("migrate")],
  ["an app to its own team", running(4), to(beijing, "shop"), no("same_team")],
  ["an app to this computer", running(4), library, yes("export")],
  ["an app into an empty app", running(4), to(shanghai, "ops", { app: into(0) }), yes("migrate")],
  ["an app into an app with components", running(4), to(shanghai, "ops", { app: into(3) }), no("app_not_empty")],
  ["an app without components", running(0), to(shanghai, "ops"), no("app_empty")],
  ["an app that may not be backed up", running(4, { readOnly: true }), to(shanghai, "ops"), no("source_read_only")],
  ["an app to a read-only cluster", running(4), to({ ...shanghai, read_only: true }, "ops"), no("read_only")],
  ["a bundle to a cluster", file("bundle"), to(shanghai, "ops"), yes("import")],
  ["a ticket to a cluster", file("ticket"), to(shanghai, "ops"), yes("import")],
  ["a damaged file to a cluster", file("unreadable"), to(shanghai, "ops"), no("file_unreadable")],
  ["a bundle to where it lies", file("bundle"), library, no("already_here")],
  ["a bundle from the desktop to a cluster", desktop("/a/wiki.tar.zst"), to(shanghai, "ops"), yes("import")],
  ["a ticket from the desktop to this computer", desktop("C:\\a\\wiki.BAK"), library, yes("open")],
  ["two bundles to this computer", desktop("/a.bak", "/b.bak"), library, yes("open")],
  ["two bundles to a cluster", desktop("/a.bak", "/b.bak"), to(shanghai, "ops"), no("one_at_a_time")],
  ["a picture from the desktop", desktop("/a/photo.png"), library, no("unknown_file")],
])("%s", (_, payload, target, verdict) => {
  expect(accepts(payload, target)).toEqual(verdict);
});

test("a drop asks for exactly what was dragged and where", () => {
  expect(planFor(from(), to(shanghai, "ops"))).toMatchObject({
    source: { kind: "backup", cluster: beijing.id, team: "shop", backup: "b1" },
    target: { kind: "team", cluster: shanghai.id, team: "ops", app: null },
  });
  const live = running(4);
  expect(planFor(live, to(shanghai, "ops"))?.source).toEqual({
    kind: "app",
    cluster: beijing.id,
    team: "shop",
    app: live.kind === "app" ? live.app.id : 0,
  });
  expect(planFor(from(), library)?.target).toEqual({ kind: "this_computer", folder: null });
});

test("what is refused is never planned", () => {
  expect(planFor(from(), to(beijing, "shop"))).toBeNull();
  expect(planFor(desktop("/a.bak"), to(shanghai, "ops"))).toBeNull();
});
