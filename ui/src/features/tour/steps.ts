/** Where in the sample tour a person is, by what the window shows. Pure. */
import type { JobView } from "../../ipc/generated/contract";
import type { Sheet, Tour } from "../../state/model";

export const STEPS = ["drag", "plan", "watch", "arrived", "report"] as const;
export type TourStep = (typeof STEPS)[number];

/** The migration that was begun since the tour was; the newest where there are more. */
export function tourJob(tour: Tour, jobs: JobView[]): JobView | null {
  const own = jobs.filter((job) => job.kind === "migrate" && job.created_at >= tour.since);
  return own.sort((one, other) => other.created_at.localeCompare(one.created_at))[0] ?? null;
}

export function stepOf(tour: Tour, sheet: Sheet | null, jobs: JobView[]): TourStep {
  const job = tourJob(tour, jobs);
  if (sheet?.kind === "report" && sheet.job === job?.id) return "report";
  if (sheet?.kind === "plan") return "plan";
  if (!job || job.state === "failed" || job.state === "cancelled") return "drag";
  return job.state === "done" ? "arrived" : "watch";
}
