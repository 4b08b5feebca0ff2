/** A running app is backed up before it travels: what happens to its stateful components meanwhile. */
import type { OptionProps } from "./PlanOptions";
import { StatefulChoice } from "./StatefulChoice";

export function RunningAppOptions({ options, plan, onChange }: OptionProps) {
  const runs = plan.checks.some((check) => check.id === "stateful" && check.level !== "pass");
  if (!runs && !options.stop_stateful && !options.force) return null;
  return <StatefulChoice options={options} onChange={onChange} />;
}
