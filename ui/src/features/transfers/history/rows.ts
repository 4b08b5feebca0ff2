/** Which ended jobs the history shows, newest first. Pure. */
import type { JobView, Place } from "../../../ipc/generated/contract";
import type { HistoryChoice } from "../../../state/model";

export type EndedState = HistoryChoice["state"];

export const STATES: EndedState[] = ["any", "done", "failed", "cancelled"];
/** Days back from now; 0: from the start of today. */
export const SPANS = [0, 7, 30, 365];

const DAY_MS = 86_400_000;

export const endedJobs = (jobs: JobView[]): JobView[] =>
  jobs
    .filter((job) => job.state === "done" || job.state === "failed" || job.state === "cancelled")
    .sort((one, other) => endOf(other).localeCompare(endOf(one)));

export const endOf = (job: JobView): string => job.ended_at ?? job.created_at;

export const fitsState = (job: JobView, state: EndedState): boolean => state === "any" || job.state === state;

const clusterOf = (place: Place): string | null => (place.kind === "team" ? place.cluster_name : null);

/** Clusters that some job came from or went to, each once. */
export function clustersOf(jobs: JobView[]): string[] {
  const names = jobs.flatMap((job) => [clusterOf(job.source), clusterOf(job.target)]);
  return [...new Set(names.filter((name) => name !== null))].sort((one, other) => one.localeCompare(other));
}

/** All that fit but for their state: what the counts beside the states count. `textOf` is what a row says. */
export function fitting(jobs: JobView[], choice: HistoryChoice, now: Date, textOf: (job: JobView) => string): JobView[] {
  const words = choice.search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const since = choice.days === null ? null : sinceOf(choice.days, now);
  return jobs.filter((job) => {
    if (since !== null && new Date(endOf(job)).getTime() < since) return false;
    if (choice.cluster !== null && ![clusterOf(job.source), clusterOf(job.target)].includes(choice.cluster)) return false;
    if (words.length === 0) return true;
    const text = textOf(job).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function sinceOf(days: number, now: Date): number {
  if (days > 0) return now.getTime() - days * DAY_MS;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
}

export const isNarrowed = (choice: HistoryChoice): boolean =>
  choice.search.trim() !== "" || choice.state !== "any" || choice.cluster !== null || choice.days !== null;
