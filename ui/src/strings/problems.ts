/** Code → words and remedy, per language. */
import type { Code } from "../ipc/generated/contract";

export interface ProblemWord {
  title: string;
  remedy: string;
}

export type ProblemWords = Record<Code, ProblemWord>;
