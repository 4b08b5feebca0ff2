/** What must be chosen for a backup: where the package goes, a note, and what happens to stateful components. */
import type { PlanOptions } from "../../../ipc/generated/contract";
import { RadioCards, TextField } from "../../../parts";
import { useWords } from "../../../strings";
import { StatefulChoice } from "./StatefulChoice";

type Where = "cloud" | "local";
export function BackupOptions({ options, onChange }: { options: PlanOptions; onChange: (options: PlanOptions) => void }) {
  const words = useWords();
  const say = words.backUp;
  return (
    <div className="pad form backup-options">
      <TextField
        label={say.note}
        value={options.note}
        placeholder={say.notePlaceholder}
        maxLength={200}
        required
        data-autofocus
        onText={(note) => onChange({ ...options, note })}
      />
      <RadioCards<Where>
        legend={say.where}
        columns={2}
        value={options.cloud ? "cloud" : "local"}
        choices={[
          { value: "cloud", label: say.cloud, hint: say.cloudHint },
          { value: "local", label: say.local, hint: say.localHint },
        ]}
        onPick={(where) => onChange({ ...options, cloud: where === "cloud" })}
      />
      <StatefulChoice options={options} onChange={onChange} />
    </div>
  );
}
