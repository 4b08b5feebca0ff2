/** How fast each job was, as its events said while this window was open; nothing before, nothing made up between. Pure. */
import type { JobId, JobView } from "../ipc/generated/contract";

export interface RateSample {
  /** Milliseconds since 1970. */
  at: number;
  bytesPerSec: number;
}

export type Rates = Record<JobId, RateSample[]>;

/** The newest of them: a few minutes at a sample every half second. */
const KEPT = 600;
const APART_MS = 450;

/** Only while bytes move, or are held back. */
export function gathered(rates: Rates, job: JobView, at: number): Rates {
  const isMoving = job.state === "running" && (job.bytes_per_sec > 0 || job.paused);
  const before = rates[job.id] ?? [];
  const last = before.at(-1);
  if (!isMoving || (last && at - last.at < APART_MS)) return rates;
  return { ...rates, [job.id]: [...before.slice(1 - KEPT), { at, bytesPerSec: job.bytes_per_sec }] };
}

/** Points of the graph, 0 to 1: the time that was looked at along, the rate up to `top`. */
export function graphed(samples: RateSample[], top: number): [number, number][] {
  const first = samples[0]?.at ?? 0;
  const span = Math.max(1, (samples.at(-1)?.at ?? 0) - first);
  return samples.map(({ at, bytesPerSec }) => [(at - first) / span, top > 0 ? Math.min(1, bytesPerSec / top) : 0]);
}

/** Weighed by time, so that a pause counts for as long as it was. */
export function average(samples: RateSample[]): number {
  let sum = 0;
  let span = 0;
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    if (!before) continue;
    sum += (sample.at - before.at) * before.bytesPerSec;
    span += sample.at - before.at;
  }
  return span > 0 ? sum / span : (samples[0]?.bytesPerSec ?? 0);
}
