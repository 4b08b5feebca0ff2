/** Jobs of the made-up world: they move by a timer, can be cancelled, and fail when told to. */
import type { JobView, PhaseView, PlanView, Problem, ReportView } from "../../ipc/generated/contract";
import { line } from "./plans";

const iso = (secondsAgo = 0) => new Date(Date.now() - secondsAgo * 1000).toISOString();

let nextJob = 1;

export function jobOf(plan: PlanView, over: Partial<JobView> = {}): JobView {
  const phases = plan.steps.map(
    (step): PhaseView => ({
      name: step.name,
      state: "waiting",
      started_at: null,
      ended_at: null,
      done_bytes: 0,
      total_bytes: step.name === "copy" || step.name === "write" ? plan.total_bytes : 0,
    }),
  );
  return {
    id: `job-${String(nextJob++).padStart(4, "0")}`,
    kind: plan.kind,
    state: "queued",
    app_name: plan.app_name,
    source: plan.source,
    target: plan.kind === "export" && plan.path ? { kind: "this_computer", path: plan.path } : plan.target,
    created_at: iso(),
    started_at: null,
    ended_at: null,
    phases,
    done_bytes: 0,
    moving_bytes: 0,
    total_bytes: plan.total_bytes,
    bytes_per_sec: 0,
    eta_secs: null,
    problem: null,
    leftovers: [],
    report: null,
    log: [],
    revision: 0,
    turn: 0,
    paused: false,
    can_pause: true,
    can_cancel: true,
    can_retry: false,
    can_clean: false,
    ...over,
  };
}

const RATE = 88e6;

/** A quarter of a second later. Pure. */
export function tick(job: JobView): JobView {
  if (job.state === "cancelling")
    return ended(job, "cancelled", { leftovers: [], log: [...job.log, { at: iso(), line: line("log_cancelled") }] });
  if (job.state === "queued")
    return { ...job, state: "running", started_at: iso(), log: [{ at: iso(), line: line("log_started") }] };
  if (job.state !== "running") return job;
  const index = job.phases.findIndex((phase) => phase.state === "running");
  if (index < 0) return begin(job, 0);
  const phase = job.phases[index];
  if (!phase) return job;
  if (phase.total_bytes > 0) {
    const done_bytes = Math.min(phase.total_bytes, phase.done_bytes + RATE / 4);
    const moved = put(job, index, { ...phase, done_bytes });
    if (done_bytes < phase.total_bytes)
      return { ...moved, done_bytes, bytes_per_sec: RATE, eta_secs: Math.ceil((phase.total_bytes - done_bytes) / RATE) };
    return begin(put(moved, index, { ...phase, done_bytes, state: "done", ended_at: iso() }), index + 1);
  }
  const spent = Date.now() - new Date(phase.started_at ?? 0).getTime();
  if (spent < 1500) return job;
  return begin(put(job, index, { ...phase, state: "done", ended_at: iso() }), index + 1);
}

function begin(job: JobView, index: number): JobView {
  const phase = job.phases[index];
  const still = { ...job, bytes_per_sec: 0, eta_secs: null };
  if (!phase) return done(still);
  return put(still, index, { ...phase, state: "running", started_at: iso() });
}

function put(job: JobView, index: number, phase: PhaseView): JobView {
  return { ...job, phases: job.phases.map((one, at) => (at === index ? phase : one)) };
}

function ended(job: JobView, state: JobView["state"], over: Partial<JobView>): JobView {
  return { ...job, state, ended_at: iso(), bytes_per_sec: 0, eta_secs: null, can_cancel: false, can_pause: false, ...over };
}

const ARRIVED: JobView["kind"][] = ["migrate", "import", "restore"];

/** Where an app came to life. */
function whereOf({ kind, target }: JobView): Pick<ReportView, "cluster" | "team" | "app_id"> {
  if (target.kind !== "team" || !ARRIVED.includes(kind)) return { cluster: null, team: null, app_id: null };
  return { cluster: target.cluster, team: target.team, app_id: 91 };
}

function originalOf({ kind, source, app_name }: JobView): ReportView["original"] {
  if (kind !== "restore" || source.kind !== "team") return null;
  return { cluster: source.cluster, team: source.team, app_id: 1, name: app_name, can_delete: true, deleted: false };
}

function done(job: JobView): JobView {
  const arrived =
    job.kind === "export" ? [line("log_bundle_verified")] : [line("report_components", { found: "4", expected: "4" })];
  const missing = job.kind === "migrate" || job.kind === "import" ? [line("report_gateway_rules", { count: "2" })] : [];
  const path = job.kind === "export" && job.target.kind === "this_computer" ? job.target.path : null;
  const report = {
    arrived,
    missing,
    ...whereOf(job),
    backup_id: null,
    path,
    due: [],
    announced: [],
    differences: [],
    sha256: "9f2c".repeat(16),
    app_url: null,
    original: originalOf(job),
  };
  return ended(job, "done", { report });
}

export const STUCK: Problem = {
  code: "restore_stuck",
  message: "The restore on beijing has made no progress for 14 min",
  hint: "The cluster has most likely failed; it never writes a failed restore back",
  retry: "later",
  facts: [
    ["restore_id", "9c1f4be07a6de2"],
    ["polls", "97"],
    ["status", "starting"],
    ["cluster", "beijing"],
  ],
};

/** A handful of jobs in every state, from plans of the same world. */
export function manyJobs(plans: PlanView[]): JobView[] {
  const [running, waiting, failed, arrived, exported] = plans;
  if (!running || !waiting || !failed || !arrived || !exported) return [];
  const upTo = (job: JobView, count: number, state: PhaseView["state"]): JobView => ({
    ...job,
    phases: job.phases.map((phase, index) => {
      if (index > count) return phase;
      const started_at = iso(60 - index * 10);
      if (index === count) return { ...phase, state, started_at, ended_at: state === "failed" ? iso(2) : null };
      return { ...phase, state: "done", started_at, ended_at: iso(52 - index * 10), done_bytes: phase.total_bytes };
    }),
  });
  const go = upTo(
    jobOf(running, { state: "running", started_at: iso(60), log: [{ at: iso(60), line: line("log_started") }] }),
    2,
    "running",
  );
  const stuck = upTo(
    jobOf(failed, {
      state: "failed",
      started_at: iso(900),
      ended_at: iso(2),
      problem: STUCK,
      can_cancel: false,
      can_pause: false,
      can_retry: true,
      can_clean: true,
      leftovers: [
        { id: "app", line: line("left_app", { app: "物流跟踪", app_id: "91", team: "商城团队" }), removable: true },
        { id: "region", line: line("left_region", { cluster: "beijing" }), removable: false },
      ],
      log: [
        { at: iso(900), line: line("log_started") },
        { at: iso(880), line: line("log_copied", { bytes: "2800000000", sha256: "7be1c04d9a".repeat(6) }) },
        { at: iso(860), line: line("log_restore_started", { restore: "9c1f4be07a6de2" }) },
      ],
    }),
    3,
    "failed",
  );
  const report = done(upTo(jobOf(arrived, { state: "running", created_at: iso(4000), started_at: iso(4000) }), 99, "done"));
  const out = done(upTo(jobOf(exported, { state: "running", created_at: iso(9000), started_at: iso(9000) }), 99, "done"));
  return [go, jobOf(waiting), stuck, { ...report, ended_at: iso(3800) }, { ...out, ended_at: iso(8980) }];
}
