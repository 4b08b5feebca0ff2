/** What becomes of the files in volumes. */
import type { LineCode, PlanOptions, PlanView } from "../../../ipc/generated/contract";
import { HintedCheckbox } from "../../../parts";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function DataOptions({ options, plan, onChange }: OptionProps) {
  const say = useWords().official.options;
  if (!mayDropData(plan, options)) return null;
  return (
    <HintedCheckbox
      checked={options.drop_volume_data}
      hint={say.dropHint}
      onCheck={(drop_volume_data) => onChange({ ...options, drop_volume_data })}
    >
      {say.dropData}
    </HintedCheckbox>
  );
}

/** Where the target would unpack the data wrongly, or it is mended on the way: the app may come without it. */
const ABOUT_DATA: LineCode[] = ["check_volume_data_block", "check_volume_data_mended", "check_volume_data_dropped"];

function mayDropData(plan: PlanView, options: PlanOptions): boolean {
  return options.drop_volume_data || plan.checks.some((check) => ABOUT_DATA.includes(check.line.code));
}
