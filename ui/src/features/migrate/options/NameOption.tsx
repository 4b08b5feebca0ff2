/** The app's name on arrival; an app that is there already keeps its own. */
import { useState } from "react";
import { TextField } from "../../../parts";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function NameOption({ options, plan, onChange }: OptionProps) {
  const words = useWords();
  // An emptied field stays empty while a person thinks of another name; the plan then takes the original one.
  const [typed, setTyped] = useState(options.app_name);
  const isExisting = plan.request.target.kind === "team" && plan.request.target.app !== null;
  const isUnknown = plan.app_name === "" && typed === null;
  if (isExisting || isUnknown) return null;
  return (
    <div className="form name-option">
      <TextField
        label={words.plan.appName}
        value={typed ?? plan.app_name}
        placeholder={plan.app_name}
        onText={(name) => {
          setTyped(name);
          onChange({ ...options, app_name: name === "" ? null : name });
        }}
      />
    </div>
  );
}
