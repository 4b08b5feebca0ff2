/** What may be chosen for a restore: in place what runs may be stopped first; either way whether it starts. */
import { Checkbox, HintedCheckbox } from "../../../parts";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function RestoreOptions({ options, plan, onChange }: OptionProps) {
  const say = useWords().official.restore;
  const { target } = plan.request;
  return (
    <>
      {target.kind === "restore" && target.manner === "in_place" && (
        <HintedCheckbox
          checked={options.stop_stateful}
          hint={say.stopHint}
          onCheck={(stop_stateful) => onChange({ ...options, stop_stateful })}
        >
          {say.stopFirst}
        </HintedCheckbox>
      )}
      <Checkbox checked={options.start_after} onCheck={(start_after) => onChange({ ...options, start_after })}>
        {say.startAfter}
      </Checkbox>
    </>
  );
}
