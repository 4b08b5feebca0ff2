/** What must be chosen for a backup: where the package goes, a note, and what happens to stateful components. */
import type { PlanOptions } from "../../ipc/generated/contract";
import { RadioCards, TextField } from "../../parts";
import { useWords } from "../../strings";

type Where = "cloud" | "local";
type Stateful = "refuse" | "stop" | "force";

const statefulOf = (options: PlanOptions): Stateful => (options.stop_stateful ? "stop" : options.force ? "force" : "refuse");

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
      <RadioCards<Stateful>
        legend={say.stateful}
        value={statefulOf(options)}
        choices={[
          { value: "refuse", label: say.refuse, hint: say.refuseHint },
          { value: "stop", label: say.stop, hint: say.stopHint },
          { value: "force", label: say.force, hint: say.forceHint },
        ]}
        onPick={(stateful) => onChange({ ...options, stop_stateful: stateful === "stop", force: stateful === "force" })}
      />
    </div>
  );
}
