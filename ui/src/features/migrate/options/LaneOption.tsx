/** The lane, where there is more than one. */
import type { Lane } from "../../../ipc/generated/contract";
import { Segmented } from "../../../parts";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

const ORDER: Lane[] = ["official", "rebuild", "registry"];

export function LaneOption({ options, plan, onChange }: OptionProps) {
  const words = useWords();
  if (!plan.lane || plan.other_lanes.length === 0) return null;
  return (
    <div className="lane-choice">
      <span>{words.plan.lane}</span>
      <Segmented
        label={words.plan.lane}
        value={plan.lane}
        choices={[plan.lane, ...plan.other_lanes].sort(byOrder).map((lane) => ({ value: lane, label: words.lane[lane] }))}
        onPick={(lane) => onChange({ ...options, lane })}
      />
    </div>
  );
}

/** Where a lane stands must not depend on which one is chosen. */
function byOrder(one: Lane, other: Lane): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}
