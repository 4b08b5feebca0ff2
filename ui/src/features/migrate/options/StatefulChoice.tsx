/** What happens to stateful components that run while a backup is made. */
import type { PlanOptions } from "../../../ipc/generated/contract";
import { RadioCards } from "../../../parts";
import { useWords } from "../../../strings";

type Stateful = "refuse" | "stop" | "force";

const statefulOf = (options: PlanOptions): Stateful => (options.stop_stateful ? "stop" : options.force ? "force" : "refuse");

export function StatefulChoice({ options, onChange }: { options: PlanOptions; onChange: (options: PlanOptions) => void }) {
  const say = useWords().backUp;
  return (
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
  );
}
