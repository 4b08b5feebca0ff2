/** The app's name on arrival; an app that is there already keeps its own. */
import { TextField } from "../../../parts";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function NameOption({ options, plan, onChange }: OptionProps) {
  const words = useWords();
  const isExisting = plan.request.target.kind === "team" && plan.request.target.app !== null;
  const isUnknown = plan.app_name === "" && options.app_name === null;
  if (isExisting || isUnknown) return null;
  return (
    <div className="form name-option">
      <TextField
        label={words.plan.appName}
        value={options.app_name ?? plan.app_name}
        onText={(name) => onChange({ ...options, app_name: name === "" ? null : name })}
      />
    </div>
  );
}
