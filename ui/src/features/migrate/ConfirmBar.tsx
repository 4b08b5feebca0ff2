/** Production asks for the cluster's name, typed. Enter does nothing here: the button is pressed by intent. */
import type { PlanView } from "../../ipc/generated/contract";
import { Icon } from "../../parts";
import { useWords } from "../../strings";

export const isConfirmed = (plan: PlanView, typed: string): boolean => plan.confirm === null || typed.trim() === plan.confirm;

export function ConfirmBar({ cluster, typed, onType }: { cluster: string; typed: string; onType: (typed: string) => void }) {
  const words = useWords();
  const isRight = typed.trim() === cluster;
  return (
    <div className="confirm">
      <Icon name="warn" />
      <span className="grow">
        {words.plan.confirm(cluster).map((part, index) => (index % 2 === 1 ? <b key={part}>{part}</b> : part))}
      </span>
      <span className="field">
        <input
          aria-label={words.plan.confirmLabel}
          placeholder={cluster}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        />
        {isRight && <Icon name="tick" tone="ok" />}
      </span>
    </div>
  );
}
