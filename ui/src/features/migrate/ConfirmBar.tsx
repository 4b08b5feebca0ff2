/** Production asks for the cluster's name, typed. */
import type { PlanView } from "../../ipc/generated/contract";
import { ConfirmField } from "../../parts";
import { useWords } from "../../strings";

export const isConfirmed = (plan: PlanView, typed: string): boolean => plan.confirm === null || typed.trim() === plan.confirm;

export function ConfirmBar({ cluster, typed, onType }: { cluster: string; typed: string; onType: (typed: string) => void }) {
  const words = useWords();
  return (
    <ConfirmField
      parts={words.plan.confirm(cluster)}
      label={words.plan.confirmLabel}
      wanted={cluster}
      typed={typed}
      onType={onType}
    />
  );
}
