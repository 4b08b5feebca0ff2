/** Which volumes are filled on arrival: one row a component that keeps files, off until somebody agrees to what it asks for. */
import { HintedCheckbox, TextField } from "../../../parts";
import { say, useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function VolumeOptions({ options, plan, onChange }: OptionProps) {
  const words = useWords();
  const more = words.official.volumes;
  if (plan.volumes.length === 0) return null;
  const chosen = plan.volumes.filter((row) => row.can && row.chosen);
  const choose = (component: string, on: boolean) => {
    const others = chosen.map((row) => row.component).filter((id) => id !== component);
    onChange({ ...options, volume_data: on ? [...others, component] : others });
  };
  return (
    <div className="volume-options" role="group" aria-label={more.title}>
      <h3 className="small t2">{more.title}</h3>
      <div className="form">
        {plan.volumes.map((row) =>
          row.can ? (
            <HintedCheckbox
              key={row.component}
              checked={row.chosen}
              hint={say(words, row.line)}
              onCheck={(on) => choose(row.component, on)}
            >
              {row.name}
            </HintedCheckbox>
          ) : (
            <p key={row.component} className="small t2">
              {`${row.name}${words.colon}${say(words, row.line)}`}
            </p>
          ),
        )}
      </div>
      {plan.volumes.some((row) => row.can) && <p className="small t2">{more.consent}</p>}
      {chosen.length > 0 && (
        <div className="form">
          <TextField
            label={more.address}
            value={options.volume_endpoint ?? ""}
            placeholder={more.addressExample}
            onText={(text) => onChange({ ...options, volume_endpoint: text === "" ? null : text })}
          />
        </div>
      )}
    </div>
  );
}
