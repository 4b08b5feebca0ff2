/** Whether what arrives is started; of a file, whether anything but its record arrives. */
import { Checkbox, HintedCheckbox } from "../../../parts";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function ArrivalOptions({ options, plan, onChange }: OptionProps) {
  const words = useWords();
  const say = words.official.options;
  return (
    <>
      {!options.record_only && (
        <Checkbox checked={options.start_after} onCheck={(start_after) => onChange({ ...options, start_after })}>
          {words.plan.startAfter}
        </Checkbox>
      )}
      {plan.request.source.kind === "file" && (
        <HintedCheckbox
          checked={options.record_only}
          hint={say.recordHint}
          onCheck={(record_only) => onChange({ ...options, record_only })}
        >
          {say.recordOnly}
        </HintedCheckbox>
      )}
    </>
  );
}
