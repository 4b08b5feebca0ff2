/** The door to the made-up world: answers every command from memory, after a moment, and lets jobs move. */

import type {
  AboutView,
  Commands,
  ConsoleView,
  Event,
  JobView,
  PlanRequest,
  PlanView,
  SamplesView,
  Settings,
  TestView,
} from "../../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../../ipc/options";
import type { AnswerOf, CommandName, FileDrag, Platform, RequestOf } from "../types";
import { eraOf } from "./eras";
import { jobOf, manyJobs, tick } from "./jobs";
import { officialAnswers } from "./official";
import { membersOf, packageOf, planOf, problemOf } from "./plans";
import { reportOf } from "./reports";
import { updateAnswers } from "./updates";
import { boardWorld, bundleFile, columnOf, console_, emptyWorld, UNREACHABLE, type World } from "./world";

type Answers = {
  [N in CommandName]: (request: Commands[N]["request"]) => Commands[N]["answer"] | Promise<Commands[N]["answer"]>;
};

export interface FakePlatform extends Platform {
  tell(event: Event): void;
  drag(drag: FileDrag): void;
  /** Names of the commands that were called. */
  calls: CommandName[];
}

export interface FakeOptions {
  scene: string;
  language?: Settings["language"];
  theme?: Settings["theme"];
  /** Milliseconds before an answer; 0 in tests. */
  delay?: number;
  /** Jobs move by themselves. */
  moving?: boolean;
}

/** As the page's address asks: `?fake=board&lang=zh&theme=dark`. */
export function openFake(scene: string): FakePlatform {
  const query = new URLSearchParams(window.location.search);
  const lang = query.get("lang");
  const theme = query.get("theme");
  return fakePlatform({
    scene: scene || "board",
    language: lang === "zh" || lang === "en" ? lang : "auto",
    theme: theme === "dark" || theme === "light" ? theme : "auto",
    delay: Number(query.get("delay") ?? 60),
    moving: query.get("still") === null,
  });
}

export function fakePlatform({ scene, language = "en", theme = "light", delay = 0, moving = false }: FakeOptions): FakePlatform {
  const world: World = scene === "welcome" ? emptyWorld() : boardWorld(scene);
  const listeners = new Set<(event: Event) => void>();
  const drags = new Set<(drag: FileDrag) => void>();
  const calls: CommandName[] = [];
  const plans = new Map<string, PlanView>();
  const jobs = new Map<string, JobView>();
  const desktop = { notify: true, progress: true, ask: true, tray: true, close_to_tray: false };
  const plain = {
    library_dir: null,
    columns: null,
    limit_bytes_per_sec: null,
    zoom_percent: null,
    jobs_at_once: null,
    jobs_per_cluster: null,
    quiet: null,
    update_endpoint: null,
  };
  let settings: Settings = { ...plain, language, theme, desktop };
  let samples: SamplesView = { available: true, running: world.sampling, site: "office" };

  const tell = (event: Event) => {
    for (const listen of listeners) listen(event);
  };
  const put = (job: JobView) => {
    jobs.set(job.id, job);
    tell({ kind: "job_changed", job });
    return job;
  };
  if (["transfers", "problem", "report", "narrow"].includes(scene))
    for (const job of manyJobs(somePlans(world))) jobs.set(job.id, job);
  if (moving) {
    setInterval(() => {
      for (const job of jobs.values()) {
        const next = tick(job);
        if (next !== job) put(next);
      }
    }, 250);
  }

  const known = (id: string): ConsoleView => {
    const found = world.consoles.find((console) => console.id === id);
    if (!found) throw problemOf("not_found", "There is no such connection");
    return found;
  };
  const job = (id: string): JobView => {
    const found = jobs.get(id);
    if (!found) throw problemOf("not_found", "There is no such job");
    return found;
  };
  const about = (): AboutView => ({
    name: "Rainferry",
    version: "0.1.0",
    data_dir: "/home/me/.local/share/rainferry",
    secrets: "keyring",
    samples,
  });
  const site = (running: boolean, next = samples.site) => {
    samples = { ...samples, running, site: next };
    tell({ kind: "samples_changed", samples });
    return samples;
  };

  const make = (request: PlanRequest): PlanView => {
    const plan = planOf(world, request);
    plans.set(plan.id, plan);
    return plan;
  };

  const answers: Answers = {
    ...officialAnswers(world, make),
    ...updateAnswers(() => settings),
    app_about: about,
    get_settings: () => settings,
    save_settings: (next) => {
      settings = next;
      return settings;
    },
    list_consoles: () => world.consoles,
    test_console: (draft) => testOf(draft.url, draft.fingerprint),
    show_certificate: () => ({ fingerprint: FINGERPRINT }),
    save_console: (draft) => {
      const { password, stores: _stores, id, ...rest } = draft;
      const before =
        id === null
          ? console_(draft.name, draft.environment, [], { state: { kind: "failed", problem: UNREACHABLE } })
          : known(id);
      const saved: ConsoleView = { ...before, ...rest, sample: false, password: password ? "keyring" : before.password };
      world.consoles = id === null ? [...world.consoles, saved] : world.consoles.map((one) => (one.id === id ? saved : one));
      return saved;
    },
    remove_console: (id) => {
      world.consoles = world.consoles.filter((one) => one.id !== id);
      return null;
    },
    refresh_console: known,
    load_column: ({ cluster, team }) => {
      const view = columnOf(world, cluster, team);
      if (!view && scene === "failing") return new Promise(() => undefined);
      if (!view) throw problemOf("not_found", `There is no team ${team}`);
      return view;
    },
    remembered_column: () => null,
    list_members: (source) => membersOf(packageOf(world, source)),
    save_member: ({ name }) => ({ name, size_bytes: 0, compressed_bytes: 0 }),
    inspect: (source) => packageOf(world, source),
    list_library: () => world.library,
    inspect_file: (path) => fileOf(world, path),
    choose_file: () => fileOf(world, "/home/me/Desktop/订单中心-20260701080000.tar.zst"),
    choose_folder: () => "/media/usb/Rainferry",
    take_asked: () => [],
    leave: () => null,
    notify: () => null,
    name_tray: () => null,
    reveal_file: () => null,
    reveal_value: ({ name }) => `${name.toLowerCase()}-8c1f`,
    reveal_logs: () => null,
    save_diagnostics: ({ path }) => ({ path: path ?? "/home/me/Rainferry/rainferry-diagnostics.txt" }),
    save_diagnostics_as: () => ({ path: "/home/me/Documents/rainferry-diagnostics.txt" }),
    open_report: () => null,
    give_passphrase: (request) => {
      const opened = request.for;
      if (opened.kind === "file" && request.passphrase !== "sesame")
        throw problemOf("passphrase_wrong", "The passphrase does not open the file");
      if (opened.kind === "file")
        world.library.files = world.library.files.map((file) =>
          file.path === opened.path
            ? bundleFile("账本", file.size_bytes, { path: file.path, name: file.name, encrypted: true })
            : file,
        );
      return null;
    },
    verify_file: (path) => {
      const plan = planOf(world, { ...PLAIN, source: { kind: "file", path }, target: { kind: "this_computer", folder: null } });
      return put(jobOf({ ...plan, steps: [{ name: "verify", estimate_secs: 4 }] }, { kind: "verify" }));
    },
    make_plan: make,
    start_plan: ({ plan: id, confirm }) => {
      const plan = plans.get(id);
      if (!plan) throw problemOf("plan_stale", "The plan is no longer known");
      if (plan.confirm !== null && confirm !== plan.confirm) throw problemOf("not_confirmed", `Type ${plan.confirm} to confirm`);
      return put(jobOf(plan));
    },
    delete_original: ({ job: id, confirm }) => {
      const found = job(id);
      const original = found.report?.original;
      if (!found.report || !original || confirm !== original.name) throw problemOf("not_confirmed", "Type the app's name");
      return put({ ...found, report: { ...found.report, original: { ...original, deleted: true } } });
    },
    copy_object: () => {
      throw problemOf("not_here", "Copies by address are for the command line");
    },
    list_jobs: () => [...jobs.values()],
    get_job: job,
    cancel_job: (id) => put({ ...job(id), state: "cancelling" }),
    pause_job: (id) => put({ ...job(id), paused: true, can_pause: false, bytes_per_sec: 0, eta_secs: null }),
    move_job: ({ job: id, before }) => {
      const turns = [...jobs.values()].filter((one) => one.state === "queued" && one.id !== id).map((one) => one.turn);
      const next = before === null ? Math.max(0, ...turns) + 2000 : job(before).turn;
      const earlier = turns.filter((turn) => turn < next);
      return put({ ...job(id), turn: earlier.length > 0 ? (Math.max(...earlier) + next) / 2 : next - 1000 });
    },
    unpause_job: (id) => put({ ...job(id), paused: false, can_pause: true }),
    retry_job: (id) =>
      put({ ...job(id), state: "queued", problem: null, ended_at: null, can_retry: false, can_clean: false, can_cancel: true }),
    clean_job: (id) => put({ ...job(id), leftovers: job(id).leftovers.filter((left) => !left.removable), can_clean: false }),
    forget_job: (id) => {
      jobs.delete(id);
      return null;
    },
    job_report: (id) => reportOf(job(id)),
    save_history: ({ format }) => ({ path: `/home/me/Rainferry/rainferry-history.${format}` }),
    save_history_as: ({ format }) => ({ path: `/home/me/Documents/rainferry-history.${format}` }),
    save_report_as: ({ job: id, format }) => ({ path: `/home/me/Documents/${job(id).app_name}-${id}.${format}` }),
    save_report: ({ job: id, format, path }) => ({ path: path ?? `/home/me/Rainferry/${job(id).app_name}-${id}.${format}` }),
    start_samples: () => {
      Object.assign(world, boardWorld("board"));
      return site(true);
    },
    stop_samples: () => {
      Object.assign(world, emptyWorld());
      return site(false);
    },
    move_site: (next) => site(true, next),
  };

  return {
    calls,
    tell,
    drag: (drag) => {
      for (const listen of drags) listen(drag);
    },
    async rpc<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>> {
      calls.push(name);
      if (delay > 0) await new Promise((done) => setTimeout(done, name === "start_samples" ? delay * 20 : delay));
      return answers[name](request);
    },
    onEvent(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    onFileDrop(listen) {
      drags.add(listen);
      return () => drags.delete(listen);
    },
  };
}

const PLAIN = { options: PLAIN_OPTIONS };

function fileOf(world: World, path: string) {
  const found = world.library.files.find((file) => file.path === path);
  const name = path.split("/").pop() ?? path;
  const [first] = world.library.files;
  if (found || !first)
    return found ?? { path, name, kind: "ticket" as const, encrypted: false, size_bytes: 900, bundle: null, problem: null };
  return { ...first, path, name };
}

function somePlans(world: World): PlanView[] {
  const [beijing, shanghai] = world.consoles.flatMap((console) => console.clusters);
  if (!beijing || !shanghai) return [];
  const of = (cluster: string, team: string, app: number) => {
    const found = world.apps.get(`${cluster}|${team}`)?.[app]?.backups.find((backup) => backup.status === "ready");
    return { kind: "backup" as const, cluster, team, backup: found?.id ?? "" };
  };
  const shop = of(beijing.id, "shop", 0);
  const toShanghai = { kind: "team" as const, cluster: shanghai.id, team: "ops", app: null };
  const toBeijing = { kind: "team" as const, cluster: beijing.id, team: "shop", app: null };
  const home = { kind: "this_computer" as const, folder: null };
  return [
    planOf(world, { ...PLAIN, source: shop, target: toShanghai }),
    planOf(world, { ...PLAIN, source: of(shanghai.id, "ops", 1), target: home }),
    planOf(world, { ...PLAIN, source: of(beijing.id, "shop", 2), target: toBeijing }),
    planOf(world, { ...PLAIN, source: of(shanghai.id, "ops", 0), target: toBeijing }),
    planOf(world, { ...PLAIN, source: of(beijing.id, "shop", 1), target: home }),
  ];
}

const FINGERPRINT = Array.from({ length: 32 }, () => "AB").join(":");

function testOf(url: string, fingerprint: string | null): TestView {
  const passed = (name: TestView["rungs"][number]["name"], detail: string, took_ms: number) => ({
    name,
    state: { kind: "passed" as const, detail },
    took_ms,
  });
  const host = url.replace(/^https?:\/\//, "");
  const untried = (...names: TestView["rungs"][number]["name"][]) =>
    names.map((name) => ({ name, state: { kind: "not_tried" as const }, took_ms: 0 }));
  if (/self-signed/.test(url) && fingerprint !== FINGERPRINT) {
    const problem = problemOf("tls_failed", `No secure connection to ${host}`);
    const tls = { name: "tls" as const, state: { kind: "failed" as const, problem }, took_ms: 6 };
    const rest = untried("console", "login", "rights", "cluster", "store");
    const rungs = [passed("address", host, 0), passed("tcp", host, 0), tls, ...rest];
    return { rungs, version: "", era: null, regions: [], teams: [] };
  }
  if (/bad|refused/.test(url)) {
    const rest = untried("tls", "console", "login", "rights", "cluster", "store");
    return {
      rungs: [
        passed("address", host, 4),
        { name: "tcp", state: { kind: "failed", problem: UNREACHABLE }, took_ms: 5003 },
        ...rest,
      ],
      version: "",
      era: null,
      regions: [],
      teams: [],
    };
  }
  return {
    rungs: [
      passed("address", `${host} → 10.8.0.20`, 4),
      passed("tcp", "10.8.0.20:7070", 11),
      passed("tls", "self-signed", 38),
      passed("console", "Rainbond v6.9.8", 52),
      passed("login", "admin", 210),
      passed("rights", "enterprise admin", 30),
      passed("cluster", "guangzhou, guangzhou-gpu", 25),
      {
        name: "store",
        state: {
          kind: "failed",
          problem: { ...UNREACHABLE, code: "store_unreachable", message: "This computer cannot reach minio.rbd-system:9000" },
        },
        took_ms: 5001,
      },
    ],
    version: "v6.9.8",
    era: eraOf("v6.9.8"),
    regions: ["guangzhou", "guangzhou-gpu"],
    teams: ["ops", "shop"],
  };
}
