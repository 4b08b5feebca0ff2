/** What may be chosen for an arrival: the app's name, and whether it starts. */
import type { PlanOptions, PlanView } from "../../ipc/generated/contract";
import { Checkbox, TextField } from "../../parts";
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
      <Checkbox checked={options.start_after} onCheck={(start_after) => onChange({ ...options, start_after })}>
        {words.plan.startAfter}
      </Checkbox>
    </div>
  );
}
