/** The middle of a sheet that asks: busy, or why there is nothing to show. */
import type { Problem } from "../ipc/generated/contract";
import { Spinner } from "./basics";
import { ProblemNote } from "./ProblemText";

export function Waiting({ busy, failed, problem }: { busy: string; failed: string; problem: Problem | null }) {
  if (problem)
    return (
      <div className="pad">
        <ProblemNote problem={problem} title={failed} />
      </div>
    );
  return (
    <div className="blank making" role="status">
      <Spinner />
      <b>{busy}</b>
    </div>
  );
}
