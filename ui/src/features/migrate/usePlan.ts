/** Asks for a plan, and again when the options change; an answer to an older question is dropped. */
import { useEffect, useState } from "react";
import { asProblem } from "../../ipc/client";
import type { PlanRequest, PlanView, Problem } from "../../ipc/generated/contract";
import { useAct } from "../../state/session";

const TYPING_MS = 400;

export interface Planning {
  /** The latest plan; it may be of older options while `busy`. */
  plan: PlanView | null;
  problem: Problem | null;
  busy: boolean;
  again: () => void;
}

export function usePlan(request: PlanRequest): Planning {
  const act = useAct();
  const asked = JSON.stringify(request);
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<{ to: string; plan: PlanView | null; problem: Problem | null } | null>(null);
  const question = `${round} ${asked}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `question` says everything that `request` holds
  useEffect(() => {
    let stale = false;
    const ask = async () => {
      try {
        const plan = await act.makePlan(request);
        if (!stale) setAnswer({ to: question, plan, problem: null });
      } catch (failure) {
        if (!stale) setAnswer({ to: question, plan: null, problem: asProblem(failure) });
      }
    };
    const timer = setTimeout(ask, answer === null ? 0 : TYPING_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [question, act]);

  return {
    plan: answer?.plan ?? null,
    problem: answer?.to === question ? answer.problem : null,
    busy: answer?.to !== question,
    again: () => setRound((before) => before + 1),
  };
}
