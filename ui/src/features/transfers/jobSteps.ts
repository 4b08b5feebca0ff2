/** A job's phases as steps to draw: real times once they are known. */
import type { JobView, PhaseView } from "../../ipc/generated/contract";
import type { Step } from "../../parts";
import type { Words } from "../../strings";
import { duration, secondsBetween } from "../../strings/format";
import { comeBytes } from "./words";

const WEIGHTS: Partial<Record<PhaseView["name"], number>> = { copy: 2, write: 2, restore: 1.6, backup: 1.6 };

export function jobSteps(job: JobView, now: Date, words: Words): Step[] {
  return job.phases.map((phase, index) => ({
    key: `${index} ${phase.name}`,
    name: words.phase[phase.name],
    under: under(job, phase, now, words),
    state: phase.state === "running" ? "now" : phase.state === "failed" ? "fail" : phase.state === "waiting" ? "next" : "done",
    weight: WEIGHTS[phase.name] ?? 1,
    share: phase.total_bytes > 0 ? Math.min(1, comeBytes(job, phase) / phase.total_bytes) : undefined,
  }));
}

function under(job: JobView, phase: PhaseView, now: Date, words: Words): string {
  if (phase.state === "skipped") return words.transfers.skipped;
  if (phase.state === "running" && phase.total_bytes > 0)
    return `${Math.floor((comeBytes(job, phase) / phase.total_bytes) * 100)}%`;
  if (phase.started_at === null) return phase.state === "waiting" ? words.transfers.notBegun : "";
  return duration(secondsBetween(phase.started_at, phase.ended_at ?? now.toISOString()), words.time);
}
