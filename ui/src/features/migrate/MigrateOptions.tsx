/** What may be chosen for an arrival: the app's name, the lane where there are two, and whether it starts. */
import type { Lane, PlanOptions, PlanView } from "../../ipc/generated/contract";
import { Checkbox, Segmented, TextField } from "../../parts";
import { useWords } from "../../strings";

export function MigrateOptions({
  options,
  plan,
  onChange,
}: {
  options: PlanOptions;
  plan: PlanView;
  onChange: (options: PlanOptions) => void;
}) {
  const words = useWords();
  const isExisting = plan.request.target.kind === "team" && plan.request.target.app !== null;
  return (
    <div className="pad ruled options" role="group" aria-label={words.plan.options}>
      {!isExisting && (
        <div className="form">
          <TextField
            label={words.plan.appName}
            value={options.app_name ?? plan.app_name}
            onText={(name) => onChange({ ...options, app_name: name === "" ? null : name })}
          />
        </div>
      )}
      {plan.lane && plan.other_lanes.length > 0 && (
        <div className="lane-choice">
          <span>{words.plan.lane}</span>
          <Segmented
            label={words.plan.lane}
            value={plan.lane}
            choices={[plan.lane, ...plan.other_lanes].sort(byOrder).map((lane) => ({ value: lane, label: words.lane[lane] }))}
            onPick={(lane) => onChange({ ...options, lane })}
          />
        </div>
      )}
      <Checkbox checked={options.start_after} onCheck={(start_after) => onChange({ ...options, start_after })}>
        {words.plan.startAfter}
      </Checkbox>
    </div>
  );
}

const ORDER: Lane[] = ["official", "rebuild"];

/** Where a lane stands must not depend on which one is chosen. */
function byOrder(one: Lane, other: Lane): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}
