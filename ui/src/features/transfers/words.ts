/** How a job is put into one line: what it does, how far it is, what it waits for. Pure; nothing is invented. */
import type { JobState, JobView, PhaseView } from "../../ipc/generated/contract";
import type { IconName } from "../../parts";
import type { Words } from "../../strings";
import { bytes, duration, rate, secondsBetween } from "../../strings/format";

export const isLive = (job: JobView): boolean => job.state === "running" || job.state === "queued" || job.state === "cancelling";

export function currentPhase(job: JobView): { phase: PhaseView; index: number } | null {
  const index = job.phases.findIndex((phase) => phase.state === "running" || phase.state === "failed");
  const phase = job.phases[index];
  return phase ? { phase, index } : null;
}

/** `Migrate · step 3 of 7, Copy`. */
export function whatLine(job: JobView, words: Words): string {
  const kind = words.jobKind[job.kind];
  if (job.state === "running") {
    const now = currentPhase(job);
    if (now) return `${kind} · ${words.transfers.step(now.index + 1, job.phases.length, words.phase[now.phase.name])}`;
  }
  return `${kind} · ${words.jobState[job.state]}`;
}

/** The bytes of a phase that have come so far: what the target holds, and what is on its way to it. */
export function comeBytes(job: JobView, phase: PhaseView): number {
  return phase.state === "running" ? phase.done_bytes + job.moving_bytes : phase.done_bytes;
}

/** The share of what is counted now that has come; none where the platform counts nothing. */
export function shareDone(job: JobView): number | null {
  const phase = currentPhase(job)?.phase;
  return phase && phase.total_bytes > 0 ? Math.min(1, comeBytes(job, phase) / phase.total_bytes) : null;
}

/** `640 MB of 1.2 GB · 88 MB/s`, or why there is no number. */
export function howFarLine(job: JobView, words: Words): string {
  switch (job.state) {
    case "queued":
      return job.paused ? words.transfers.paused : words.transfers.queued;
    case "cancelling":
      return words.transfers.cancelling;
    case "failed":
      return job.problem ? words.problems[job.problem.code].title : words.jobState.failed;
    case "cancelled":
      return job.leftovers.length > 0 ? words.transfers.leftovers(job.leftovers.length) : words.jobState.cancelled;
    case "done": {
      const missing = job.report?.missing.length ?? 0;
      return missing > 0 ? words.transfers.withMissing(missing) : words.transfers.stepsDone;
    }
    case "running":
      return runningLine(job, words);
  }
}

function runningLine(job: JobView, words: Words): string {
  const phase = currentPhase(job)?.phase;
  if (job.paused) {
    const far =
      phase && phase.total_bytes > 0 ? words.transfers.ofTotal(bytes(comeBytes(job, phase)), bytes(phase.total_bytes)) : null;
    return [words.transfers.paused, far].filter(Boolean).join(" · ");
  }
  if (!phase || phase.total_bytes === 0) return words.transfers.noProgress;
  const far = words.transfers.ofTotal(bytes(comeBytes(job, phase)), bytes(phase.total_bytes));
  return job.bytes_per_sec > 0 ? `${far} · ${rate(job.bytes_per_sec)}` : far;
}

/** What is left, or how long it has taken so far. */
export function timeWords(job: JobView, now: Date, words: Words): string {
  if (job.state === "running" && job.eta_secs !== null) return words.transfers.left(duration(job.eta_secs, words.time));
  if (job.started_at === null) return "";
  const end = job.ended_at ?? now.toISOString();
  const spent = duration(secondsBetween(job.started_at, end), words.time);
  return isLive(job) ? words.transfers.soFar(spent) : words.transfers.took(spent);
}

export const JOB_ICONS: Record<JobState, { icon: IconName | "spin"; tone: string }> = {
  queued: { icon: "clock", tone: "t3" },
  running: { icon: "spin", tone: "" },
  cancelling: { icon: "spin", tone: "" },
  done: { icon: "pass", tone: "ok" },
  failed: { icon: "block", tone: "bad" },
  cancelled: { icon: "minus", tone: "t3" },
};

export type JobFilter = "all" | "running" | "waiting" | "failed" | "ended";

export function fitsFilter(job: JobView, filter: JobFilter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "running":
      return job.state === "running" || job.state === "cancelling";
    case "waiting":
      return job.state === "queued";
    case "failed":
      return job.state === "failed";
    case "ended":
      return job.state === "done" || job.state === "cancelled";
  }
}
