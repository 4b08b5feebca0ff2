/** Which volumes are filled on arrival: one row a component that keeps files, off until somebody agrees to what it asks for. What no package holds is read at the source: a choice of its own, since it asks for more. */
import type { VolumePlanView } from "../../../ipc/generated/contract";
import { HintedCheckbox, TextField } from "../../../parts";
import { say, useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function VolumeOptions({ options, plan, onChange }: OptionProps) {
  const words = useWords();
  const more = words.official.volumes;
  if (plan.volumes.length === 0) return null;
  const chosen = plan.volumes.filter((row) => row.can && row.chosen);
  const choose = (row: VolumePlanView, on: boolean) => {
    const alike = chosen.filter((other) => other.reads === row.reads && other.component !== row.component);
    const ids = [...alike.map((other) => other.component), ...(on ? [row.component] : [])];
    onChange({ ...options, [row.reads ? "volume_reading" : "volume_data"]: ids });
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
              onCheck={(on) => choose(row, on)}
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
      {plan.volumes.some((row) => row.can && row.reads) && <p className="small t2">{more.readConsent}</p>}
      {plan.volumes.some((row) => row.can) && <p className="small t2">{more.consent}</p>}
      {chosen.length > 0 && (
        <div className="form">
          {chosen.some((row) => row.reads) && (
            <TextField
              label={more.sourceAddress}
              value={options.reading_endpoint ?? ""}
              placeholder={more.addressExample}
              onText={(text) => onChange({ ...options, reading_endpoint: text === "" ? null : text })}
            />
          )}
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
