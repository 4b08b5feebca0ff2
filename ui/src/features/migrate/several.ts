/** Which plans of a selection may start, and why the others may not. Pure. */
import type { PlanView, SelectionRow } from "../../ipc/generated/contract";

export const blocksOf = (plan: PlanView): number => plan.checks.filter((check) => check.level === "block").length;

export function readyPlans(rows: SelectionRow[]): PlanView[] {
  return rows.flatMap((row) => (row.plan && blocksOf(row.plan) === 0 ? [row.plan] : []));
}

/** What must be typed, where any of them asks for it; they are all of one cluster. */
export const confirmOf = (plans: PlanView[]): string | null => plans.find((plan) => plan.confirm !== null)?.confirm ?? null;
