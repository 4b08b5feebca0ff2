/** Asks once, and again when told to; an answer to an older question is dropped. */
import { useCallback, useEffect, useState } from "react";
import { asProblem } from "../ipc/client";
import type { Problem } from "../ipc/generated/contract";

export interface Asked<T> {
  answer: T | null;
  problem: Problem | null;
  busy: boolean;
  again: () => void;
}

/** `question` says everything that `ask` depends on; none asks nothing. */
export function useAnswer<T>(question: string | null, ask: () => Promise<T>): Asked<T> {
  const [round, setRound] = useState(0);
  const [got, setGot] = useState<{ to: string; answer: T | null; problem: Problem | null } | null>(null);
  const now = question === null ? null : `${round} ${question}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `now` says everything that `ask` depends on
  useEffect(() => {
    if (now === null) return;
    let stale = false;
    ask().then(
      (answer) => !stale && setGot({ to: now, answer, problem: null }),
      (failure: unknown) => !stale && setGot({ to: now, answer: null, problem: asProblem(failure) }),
    );
    return () => {
      stale = true;
    };
  }, [now]);
  const isOfNow = got !== null && got.to === now;
  const sameQuestion = got !== null && question !== null && got.to.endsWith(` ${question}`);
  return {
    answer: sameQuestion ? got.answer : null,
    problem: isOfNow ? got.problem : null,
    busy: now !== null && !isOfNow,
    again: useCallback(() => setRound((before) => before + 1), []),
  };
}
