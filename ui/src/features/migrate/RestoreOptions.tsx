/** What may be chosen for a restore: in place what runs may be stopped first; either way whether it starts. */
import type { PlanOptions, RestoreManner } from "../../ipc/generated/contract";
import { Checkbox } from "../../parts";
import { useWords } from "../../strings";

interface Props {
  manner: RestoreManner;
  options: PlanOptions;
  onChange: (options: PlanOptions) => void;
}

export function RestoreOptions({ manner, options, onChange }: Props) {
  const words = useWords();
  const say = words.official.restore;
  return (
    <div className="pad ruled restore-options" role="group" aria-label={words.plan.options}>
      {manner === "in_place" && (
        <Checkbox checked={options.stop_stateful} onCheck={(stop_stateful) => onChange({ ...options, stop_stateful })}>
          {say.stopFirst}
          <span className="small t3 under">{say.stopHint}</span>
        </Checkbox>
      )}
      <Checkbox checked={options.start_after} onCheck={(start_after) => onChange({ ...options, start_after })}>
        {say.startAfter}
      </Checkbox>
    </div>
  );
}
