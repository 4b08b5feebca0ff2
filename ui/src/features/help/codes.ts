/** Every code of a problem, and those that a search means. Pure. */
import type { Code } from "../../ipc/generated/contract";
import { type Words, wordsOf } from "../../strings";

const isCode = (name: string): name is Code => name in wordsOf("en").help.causes;

/** By name. */
export const CODES: Code[] = Object.keys(wordsOf("en").help.causes).filter(isCode).sort();

/** A code that is written out is meant alone. */
export function fittingCodes(words: Words, search: string): Code[] {
  const wanted = search.trim().toLowerCase();
  const exact = CODES.filter((code) => code === wanted);
  if (exact.length > 0) return exact;
  const parts = wanted.split(/\s+/).filter(Boolean);
  return CODES.filter((code) => {
    const { title, remedy } = words.problems[code];
    const text = `${code} ${title} ${remedy} ${words.help.causes[code]}`.toLowerCase();
    return parts.every((part) => text.includes(part));
  });
}
