/** Plans of the made-up world: as the core would make them, from what is there. */

import type {
  AppView,
  BackupView,
  CheckView,
  ClusterView,
  Line,
  LineCode,
  MemberView,
  PackageView,
  Place,
  PlanRequest,
  PlanView,
  Problem,
} from "../../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../../ipc/options";
import type { World } from "./world";

export const line = (code: LineCode, facts: Record<string, string> = {}): Line => ({ code, facts, message: code });

const check = (
  id: CheckView["id"],
  level: CheckView["level"],
  code: LineCode,
  facts: Record<string, string> = {},
): CheckView => ({
  id,
  level,
  line: line(code, facts),
});

export const problemOf = (code: Problem["code"], message: string): Problem => ({
  code,
  message,
  hint: null,
  retry: "after_fix",
  facts: [],
});

function clusterOf(world: World, id: string): ClusterView {
  const found = world.consoles.flatMap((console) => console.clusters).find((cluster) => cluster.id === id);
  if (!found) throw problemOf("not_found", `There is no cluster ${id}`);
  return found;
}

export function teamPlace(world: World, id: string, team: string): Place {
  const cluster = clusterOf(world, id);
  const alias = cluster.teams.find((one) => one.name === team)?.alias ?? team;
  return {
    kind: "team",
    cluster: id,
    cluster_name: cluster.name,
    environment: cluster.environment,
    team,
    team_alias: alias,
    version: cluster.version,
  };
}

function appOf(world: World, cluster: string, team: string, id: number): AppView {
  const found = world.apps.get(`${cluster}|${team}`)?.find((app) => app.id === id);
  if (!found) throw problemOf("not_found", "This app is no longer there");
  return found;
}

function backupOf(world: World, cluster: string, team: string, id: string): BackupView {
  const found = world.apps
    .get(`${cluster}|${team}`)
    ?.flatMap((app) => app.backups)
    .find((backup) => backup.id === id);
  if (!found) throw problemOf("not_found", "This backup is no longer there");
  return found;
}

interface Seen {
  source: Place;
  app: string;
  version: string | null;
  bytes: number;
}

function see(world: World, request: PlanRequest): Seen {
  const { source } = request;
  switch (source.kind) {
    case "backup": {
      const backup = backupOf(world, source.cluster, source.team, source.backup);
      return {
        source: teamPlace(world, source.cluster, source.team),
        app: backup.app_name,
        version: backup.version,
        bytes: backup.size_bytes,
      };
    }
    case "app":
      return {
        source: teamPlace(world, source.cluster, source.team),
        app: appOf(world, source.cluster, source.team, source.app).name,
        version: null,
        bytes: 0,
      };
    case "file": {
      const file = world.library.files.find((one) => one.path === source.path);
      if (file?.kind === "locked") throw problemOf("passphrase_missing", `${source.path} is encrypted`);
      if (!file?.bundle) throw problemOf("not_a_bundle", `${source.path} is no bundle`);
      const { app_name, version } = file.bundle;
      return { source: { kind: "this_computer", path: file.path }, app: app_name, version, bytes: file.size_bytes };
    }
  }
}

let nextPlan = 1;

export function planOf(world: World, request: PlanRequest): PlanView {
  const seen = see(world, request);
  const base = {
    id: `plan-${nextPlan++}`,
    request,
    source: seen.source,
    source_app: seen.app,
    version: seen.version,
    app_name: request.options.app_name ?? seen.app,
    total_bytes: seen.bytes,
    lane: null,
    lane_reason: null,
    other_lanes: [],
    volumes: [],
    path: null,
    encryption: null,
    confirm: null,
    arrives: [],
    stays: [],
    changes: [],
  };
  switch (request.target.kind) {
    case "team":
      return arrival(world, request.target, base, seen);
    case "this_computer": {
      const credential_count = seen.app === "商城" ? 3 : 0;
      const on = request.options.encrypt ?? credential_count > 0;
      return {
        ...base,
        encryption: { on, credential_count },
        kind: "export",
        target: { kind: "this_computer", path: world.library.folder },
        route: "file",
        route_reason: line("route_file"),
        path: `${world.library.folder}/${seen.app}-${seen.version}.tar.zst${on ? ".age" : ""}`,
        estimate_secs: 14,
        steps: [
          { name: "check", estimate_secs: 1 },
          { name: "write", estimate_secs: 11 },
          { name: "verify", estimate_secs: 2 },
        ],
        arrives: [line("arrives_package"), line("arrives_ticket")],
        stays: [line("stays_secrets")],
        checks: [
          check("login", "pass", "check_login_pass", { cluster: "beijing" }),
          check("package", "pass", "check_package_pass", { bytes: String(seen.bytes) }),
          check("disk", "pass", "check_disk_pass", { free: "212000000000" }),
        ],
      };
    }
    case "backup":
      return backupPlan(base, seen, request);
    case "restore":
      return {
        ...base,
        kind: "restore",
        target: seen.source,
        lane: "official",
        lane_reason: line("lane_official", { version: "v5.17.3" }),
        route: "none",
        route_reason: line("route_none"),
        estimate_secs: 27,
        steps: [
          { name: "check", estimate_secs: 1 },
          { name: "restore", estimate_secs: 11 },
          { name: "deploy", estimate_secs: 15 },
        ],
        changes: [line("changes_names"), line("changes_beside", { app: seen.app })],
        checks: [check("package", "pass", "check_package_pass", { bytes: String(seen.bytes) })],
      };
  }
}

type Base = Omit<PlanView, "kind" | "target" | "route" | "route_reason" | "estimate_secs" | "steps" | "checks">;

function arrival(world: World, target: { cluster: string; team: string }, base: Base, seen: Seen): PlanView {
  const place = teamPlace(world, target.cluster, target.team);
  const cluster = clusterOf(world, target.cluster);
  const isProduction = cluster.environment === "production";
  const facts = { cluster: cluster.name, version: cluster.version, user: "admin", team: target.team, app: base.app_name };
  return {
    ...base,
    kind: seen.source.kind === "this_computer" ? "import" : "migrate",
    target: place,
    lane: "official",
    lane_reason: line("lane_official", facts),
    other_lanes: [],
    route: seen.source.kind === "this_computer" ? "file" : "relay",
    route_reason: line(seen.source.kind === "this_computer" ? "route_file" : "route_relay"),
    estimate_secs: 170,
    steps: [
      { name: "check", estimate_secs: 2 },
      { name: "prepare", estimate_secs: 3 },
      { name: "copy", estimate_secs: 14 },
      { name: "restore", estimate_secs: 130 },
      { name: "compare", estimate_secs: 20 },
    ],
    arrives: [
      line("arrives_components", { count: "4" }),
      line("arrives_config", { variables: "38", files: "6" }),
      line("arrives_ports", { count: "5" }),
    ],
    stays: [
      line("stays_volume_data", { count: "2", names: "wiki-data, pg-data" }),
      line("stays_gateway_rules", { count: "2" }),
      line("stays_plugins"),
    ],
    changes: [
      line("changes_names"),
      line("changes_domains"),
      ...(base.request.options.start_after ? [line("changes_started")] : []),
    ],
    checks: [
      ...(seen.app === "crm"
        ? [check("volume_data", "block", "check_volume_data_block", { count: "1", version: cluster.version })]
        : []),
      ...(isProduction ? [check("production", "warn", "check_production_warn", facts)] : []),
      check("registry", "warn", "check_registry_warn", { ...facts, found: "goodrain.me/shop", expected: "registry.local" }),
      check("login", "pass", "check_login_pass", facts),
      check("rights", "pass", "check_rights_pass", facts),
      check("lane", "pass", "check_lane_pass", facts),
      check("package", "pass", "check_package_pass", { bytes: String(seen.bytes) }),
      check("target_store", "pass", "check_store_pass", facts),
      check("target_empty", "pass", "check_target_empty_pass", facts),
      check("key_free", "pass", "check_key_free_pass"),
    ],
    confirm: isProduction ? cluster.name : null,
  };
}

function backupPlan(base: Base, seen: Seen, request: PlanRequest): PlanView {
  const { stop_stateful, force, cloud } = request.options;
  const names = { names: "mysql" };
  const stateful = stop_stateful
    ? check("stateful", "warn", "check_stateful_warn", names)
    : force
      ? check("stateful", "warn", "check_stateful_hot", names)
      : check("stateful", "block", "check_stateful_block", names);
  return {
    ...base,
    kind: "backup",
    target: seen.source,
    route: "none",
    route_reason: line("route_none_backup"),
    estimate_secs: 90,
    steps: [
      ...(stop_stateful ? [{ name: "stop" as const, estimate_secs: 10 }] : []),
      { name: "backup", estimate_secs: 60 },
      ...(stop_stateful ? [{ name: "start" as const, estimate_secs: 20 }] : []),
    ],
    checks: [
      ...(seen.app === "商城" ? [stateful] : [check("stateful", "pass", "check_stateful_pass")]),
      check("login", "pass", "check_login_pass", { cluster: seen.source.kind === "team" ? seen.source.cluster_name : "" }),
      ...(cloud ? [check("object_storage", "pass", "check_object_storage_pass")] : []),
    ],
  };
}

export function packageOf(world: World, request: PlanRequest["source"]): PackageView {
  const seen = see(world, {
    source: request,
    target: { kind: "backup" },
    options: PLAIN_OPTIONS,
  });
  const component = (name: string, image: string, data: boolean | null) => ({
    id: idOf(name),
    name,
    kind: data === null ? "stateless_multiple" : "state_singleton",
    image,
    has_image: name !== "图片处理",
    memory_mb: 512,
    variable_count: VARIABLES.length,
    config_file_count: 2,
    variables: VARIABLES,
    config_files: ["/app/conf/application.yml", "/etc/nginx/conf.d/api.conf"],
    ports: ["8080/http"],
    volumes: data === null ? [] : [{ name: `${name}-data`, kind: "share-file", path: `/var/lib/${name}`, has_data: data }],
  });
  return {
    app_name: seen.app,
    size_bytes: seen.bytes,
    read_bytes: 84_000,
    entry_count: 38,
    components: [
      component("商城前端", "goodrain.me/shop-web:2.3.0", null),
      component("订单服务", "goodrain.me/order-api:2.3.0", true),
      component("mysql-主库", "mysql:8.0.36", false),
      component("图片处理", "goodrain.me/img-worker:1.9.4", null),
    ],
    gateway_rules: ["shop.example.com/ → 商城前端:80", "shop.example.com/api → 订单服务:8080"],
    credentials: ["订单服务: MYSQL_PASSWORD", "mysql-主库: MYSQL_ROOT_PASSWORD"],
    findings: [],
  };
}

const idOf = (name: string) => [...name].map((letter) => letter.charCodeAt(0).toString(16)).join("");

const VARIABLES = [
  { name: "MYSQL_HOST", value: "127.0.0.1" },
  { name: "MYSQL_PASSWORD", value: null },
  { name: "PUBLIC_BASE_URL", value: "https://shop.example.com/api/v2/orders?trace=off" },
  { name: "TZ", value: "Asia/Shanghai" },
  { name: "MOTD", value: "" },
];

/** The files of that package. */
export function membersOf(view: PackageView): MemberView[] {
  const share = Math.max(1, view.components.length);
  const file = (name: string, size_bytes: number, compressed_bytes = size_bytes): MemberView => ({
    name: `gid_20260820103012/${name}`,
    size_bytes: Math.round(size_bytes),
    compressed_bytes: Math.round(compressed_bytes),
  });
  return view.components.flatMap((one, index) => [
    ...(one.has_image ? [file(`app_${one.id}/image_20260820.tar`, (view.size_bytes * (index + 1)) / (share * 4))] : []),
    ...one.volumes.flatMap((volume) =>
      volume.has_data ? [file(`data_${one.id}/${volume.name}.zip`, view.size_bytes * 0.3, view.size_bytes * 0.2)] : [],
    ),
    ...(index === 0 ? [file("console_apps_metadata.json", 46_000, 9_000), file("region_apps_metadata.json", 21_000, 5_000)] : []),
  ]);
}
