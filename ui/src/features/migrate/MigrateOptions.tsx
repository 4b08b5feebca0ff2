/** What may be chosen for an arrival: the app's name, the lane where there are two, what comes along, and whether it starts. */
import type { Lane, LineCode, PlanOptions, PlanView } from "../../ipc/generated/contract";
import { Checkbox, Segmented, TextField } from "../../parts";
import { useWords } from "../../strings";
import { RegistryChoice } from "./RegistryChoice";

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
  const more = words.official.options;
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
      {plan.lane === "registry" && <RegistryChoice options={options} onChange={onChange} />}
      <div className="stack">
        {!options.record_only && (
          <Checkbox checked={options.start_after} onCheck={(start_after) => onChange({ ...options, start_after })}>
            {words.plan.startAfter}
          </Checkbox>
        )}
        {plan.request.source.kind === "file" && (
          <Checkbox checked={options.record_only} onCheck={(record_only) => onChange({ ...options, record_only })}>
            {more.recordOnly}
            <span className="small t3 under">{more.recordHint}</span>
          </Checkbox>
        )}
        {mayDropData(plan, options) && (
          <Checkbox checked={options.drop_volume_data} onCheck={(drop_volume_data) => onChange({ ...options, drop_volume_data })}>
            {more.dropData}
            <span className="small t3 under">{more.dropHint}</span>
          </Checkbox>
        )}
      </div>
    </div>
  );
}

/** Where the target would unpack the data wrongly, or it is mended on the way: the app may come without it. */
const ABOUT_DATA: LineCode[] = ["check_volume_data_block", "check_volume_data_mended", "check_volume_data_dropped"];

function mayDropData(plan: PlanView, options: PlanOptions): boolean {
  return options.drop_volume_data || plan.checks.some((check) => ABOUT_DATA.includes(check.line.code));
}

const ORDER: Lane[] = ["official", "rebuild", "registry"];

/** Where a lane stands must not depend on which one is chosen. */
function byOrder(one: Lane, other: Lane): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}
