/** A made-up world for tests and for looking at the page in a browser. Never in a production build. */
import type {
  AppState,
  AppView,
  BackupMode,
  BackupStatus,
  BackupView,
  ClusterView,
  ColumnView,
  ConsoleView,
  Environment,
  FileView,
  LibraryView,
  Problem,
} from "../../ipc/generated/contract";
import { eraOf } from "./eras";

const two = (value: number) => String(value).padStart(2, "0");

/** `YYYY-MM-DD HH:MM:SS`, so many days and minutes ago. */
export function ago(days: number, clock: string): string {
  const at = new Date(Date.now() - days * 86_400_000);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
}

let nextBackup = 1;

export function backup(app: string, over: Partial<BackupView> & { created: string }): BackupView {
  const id = `backup-${nextBackup++}`;
  return {
    id,
    app: 0,
    app_name: app,
    version: over.created.replace(/\D/g, ""),
    mode: "cloud",
    status: "ready",
    size_bytes: 640e6,
    note: "nightly",
    author: "李雯",
    hot: false,
    ...over,
  };
}

let nextApp = 1;

export function app(name: string, state: AppState, backups: BackupView[], components = 3): AppView {
  const id = nextApp++;
  const running = state === "running" ? components : state === "abnormal" ? components - 1 : 0;
  return {
    id,
    name,
    state,
    component_count: components,
    running_count: running,
    backups: backups.map((one) => ({ ...one, app: id })),
  };
}

type Short = [days: number, clock: string, size: number, note: string, mode?: BackupMode, status?: BackupStatus];

const of = (name: string, rows: Short[]) =>
  rows.map(([days, clock, size_bytes, note, mode = "cloud", status = "ready"]) =>
    backup(name, { created: ago(days, clock), size_bytes, note, mode, status }),
  );

export function cluster(consoleId: string, name: string, environment: Environment, over: Partial<ClusterView> = {}): ClusterView {
  return {
    id: `${consoleId}/${name}`,
    console: consoleId,
    name,
    region: name,
    environment,
    read_only: false,
    version: "v5.17.3",
    era: eraOf(over.version ?? "v5.17.3"),
    healthy: true,
    teams: [{ name: "shop", alias: "商城团队" }],
    hidden_team_count: 0,
    store: null,
    ...over,
  };
}

export function console_(
  name: string,
  environment: Environment,
  clusters: ClusterView[],
  over: Partial<ConsoleView> = {},
): ConsoleView {
  return {
    id: `c-${name}`,
    name,
    url: `http://127.0.0.1:7${name.length}70`,
    user: "admin",
    environment,
    read_only: false,
    group: "",
    notes: "",
    ca_pem: null,
    fingerprint: null,
    plain_http: false,
    sample: true,
    password: "keyring",
    state: { kind: "ready" },
    version: clusters[0]?.version ?? "",
    clusters,
    ...over,
  };
}

export const UNREACHABLE: Problem = {
  code: "unreachable",
  message: "TCP 10.9.1.4:7070 gave no answer; tried 3 times over 15 s",
  hint: "Check network, VPN and port",
  retry: "now",
  facts: [
    ["address", "https://10.9.1.4:7070"],
    ["layer", "tcp"],
    ["tries", "3"],
  ],
};

export const PARTIAL: Problem = {
  code: "console_refused",
  message: "The console answered 500 to the backups of 设备采集",
  hint: null,
  retry: "later",
  facts: [["msg_show", "获取备份列表失败"]],
};

function shopApps(): AppView[] {
  const shop = of("商城", [
    [0, "10:30:12", 1.2e9, "上线 v2.3 前"],
    [7, "10:30:10", 1.1e9, "每周"],
    [14, "10:30:11", 1.1e9, "每周", "local"],
    ...Array.from({ length: 14 }, (_, week): Short => [21 + week * 7, "10:30:09", 1.0e9, "每周"]),
  ]);
  return [
    app("商城", "running", shop, 5),
    app(
      "会员中心",
      "running",
      of("会员中心", [
        [0, "10:41:03", 0, "发版前", "cloud", "running"],
        [6, "02:00:00", 640e6, "nightly"],
      ]),
    ),
    app(
      "物流跟踪",
      "abnormal",
      of("物流跟踪", [
        [1, "23:10:00", 0, "builder 磁盘满", "cloud", "failed"],
        [8, "23:10:00", 2.8e9, "before upgrade"],
      ]),
      4,
    ),
    app("报表服务", "stopped", []),
    app("新应用", "empty", [], 0),
    app(
      "#42",
      "deleted",
      of("#42", [
        [40, "03:00:00", 90e6, "last one"],
        [47, "03:00:00", 88e6, "weekly"],
      ]),
      0,
    ),
  ];
}

function opsApps(): AppView[] {
  return [
    app(
      "wiki",
      "running",
      of("wiki", [
        [1, "22:00:00", 318e6, "nightly"],
        [2, "22:00:00", 317e6, "nightly"],
        ...Array.from({ length: 27 }, (_, day): Short => [3 + day, "22:00:00", 316e6, "nightly"]),
      ]),
    ),
    app(
      "crm",
      "stopped",
      of("crm", [
        [19, "09:12:00", 2.4e9, "升级前"],
        [26, "09:10:00", 2.4e9, "升级前", "local"],
      ]),
    ),
    app("gitea", "running", of("gitea", [[3, "03:00:00", 212e6, "weekly"]])),
    app("grafana", "running", []),
    app("customer-feedback-portal", "running", []),
  ];
}

function lineApps(): AppView[] {
  return [
    app(
      "MES 网关",
      "running",
      of("MES 网关", [
        [5, "18:20:00", 890e6, "换线前", "local"],
        [12, "18:20:00", 884e6, "换线前", "local"],
      ]),
    ),
    app("质检看板", "running", of("质检看板", [[5, "18:24:00", 1.6e9, "换线前", "local"]])),
    app("班组排产", "stopped", []),
  ];
}

const ADJECTIVES = ["north", "south", "east", "west", "blue", "green", "amber", "quiet", "rapid", "core"];
const NOUNS = ["portal", "gateway", "billing", "search", "mailer", "ledger", "catalog", "router", "cache", "queue"];

/** 20,000 backups in one team. */
function crowdedApps(): AppView[] {
  return Array.from({ length: 200 }, (_, index) => {
    const name = `${ADJECTIVES[index % 10]}-${NOUNS[Math.floor(index / 10) % 10]}-${index}`;
    const rows = Array.from({ length: 100 }, (_, day): Short => [day, "03:00:00", 1e8 + index * 1e6, "nightly"]);
    return app(name, index % 7 === 0 ? "stopped" : "running", of(name, rows));
  });
}

function longApps(): AppView[] {
  const long = "a-very-long-application-name-that-somebody-really-used-in-production-2024-rewrite";
  return [
    app(
      long,
      "running",
      of(long, [[0, "09:12:00", 128.4e9, "很长的备注会被截断，完整内容在提示和检查器里，因为这里放不下这么多字"]]),
      42,
    ),
  ];
}

export interface World {
  consoles: ConsoleView[];
  /** `<cluster>|<team>` → apps. */
  apps: Map<string, AppView[]>;
  problems: Map<string, Problem[]>;
  library: LibraryView;
  sampling: boolean;
}

export function bundleFile(
  name: string,
  size_bytes: number,
  over: Partial<FileView> = {},
  version = "20260813103010",
  from = "beijing",
): FileView {
  const file = `${name}-${version}.tar.zst`;
  return {
    path: `/home/me/Rainferry/${file}`,
    name: file,
    kind: "bundle",
    encrypted: false,
    size_bytes,
    bundle: {
      app_name: name,
      version,
      cluster_name: from,
      team_alias: "商城团队",
      platform_version: "v5.17.3",
      note: "每周",
      author: "李雯",
      package_bytes: size_bytes,
      verified: true,
    },
    problem: null,
    ...over,
  };
}

/** Encrypted, and not opened yet. */
export function lockedFile(name: string, size_bytes: number): FileView {
  const plain = bundleFile(name, size_bytes);
  const whole = `${plain.name}.age`;
  return { ...plain, path: `/home/me/Rainferry/${whole}`, name: whole, kind: "locked", encrypted: true, bundle: null };
}

function libraryFiles(): FileView[] {
  const damaged: Problem = {
    code: "bundle_damaged",
    message: "member-20260301.tar.zst ends after 611 MB of 902 MB",
    hint: null,
    retry: "never",
    facts: [["path", "/home/me/Rainferry/member-20260301.tar.zst"]],
  };
  const ticket = bundleFile("旧活动页", 1024);
  return [
    bundleFile("商城", 1.1e9),
    bundleFile("wiki", 80e6, {}, "20260801220000", "shanghai"),
    { ...ticket, path: "/home/me/Rainferry/旧活动页.bak", name: "旧活动页.bak", kind: "ticket" },
    {
      ...bundleFile("member", 611e6),
      path: "/home/me/Rainferry/member-20260301.tar.zst",
      name: "member-20260301.tar.zst",
      kind: "unreadable",
      bundle: null,
      problem: damaged,
    },
    bundleFile("物流跟踪", 2.6e9, {}, "20260411231000"),
    lockedFile("账本", 240e6),
  ];
}

export function emptyWorld(): World {
  const library: LibraryView = { folder: "/home/me/Rainferry", files: [], free_bytes: 212e9, problems: [] };
  return { consoles: [], apps: new Map(), problems: new Map(), library, sampling: false };
}

export function boardWorld(scene: string): World {
  const beijing = cluster("c-beijing", "beijing", "production", {
    teams: [{ name: "shop", alias: "商城团队" }],
    hidden_team_count: 2,
  });
  const teams = [
    { name: "ops", alias: "ops" },
    { name: "sandbox", alias: "sandbox" },
  ];
  const shanghai = cluster("c-shanghai", "shanghai", "test", { version: "v6.9.8", teams });
  const lines = [{ name: "line-2", alias: "二号产线" }];
  const factory = cluster("c-factory", "factory", "staging", { version: "v6.9.8", read_only: scene !== "failing", teams: lines });
  const consoles = [
    console_("beijing", "production", [beijing]),
    console_("shanghai", "test", [shanghai]),
    console_("factory", "staging", [factory], { read_only: true }),
  ];
  const apps = new Map([
    [`${beijing.id}|shop`, scene === "crowded" ? crowdedApps() : shopApps()],
    [`${shanghai.id}|ops`, scene === "crowded" ? longApps() : opsApps()],
    [`${shanghai.id}|sandbox`, []],
    [`${factory.id}|line-2`, lineApps()],
  ]);
  const problems = new Map<string, Problem[]>();
  if (scene === "failing") {
    problems.set(`${factory.id}|line-2`, [PARTIAL]);
    consoles.push(console_("chengdu", "production", [], { state: { kind: "failed", problem: UNREACHABLE } }));
    apps.delete(`${beijing.id}|shop`);
  }
  const files = scene === "failing" ? [] : libraryFiles();
  return {
    consoles,
    apps,
    problems,
    library: { folder: "/home/me/Rainferry", files, free_bytes: 212e9, problems: [] },
    sampling: true,
  };
}

export function columnOf(world: World, clusterId: string, team: string): ColumnView | null {
  const apps = world.apps.get(`${clusterId}|${team}`);
  const problems = world.problems.get(`${clusterId}|${team}`) ?? [];
  return apps ? { cluster: clusterId, team, apps, problems, loaded_at: new Date().toISOString() } : null;
}
