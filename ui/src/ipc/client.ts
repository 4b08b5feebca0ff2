/** Makes whatever a call rejects with into a `Problem`, so that screens know one shape of failure. */
import type { Problem } from "./generated/contract";

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "message" in value && "facts" in value;
}

export function asProblem(failure: unknown): Problem {
  if (isProblem(failure)) return failure;
  const said = failure instanceof Error ? failure.message : String(failure);
  return {
    code: "internal",
    message: "The window and its core did not understand each other",
    hint: null,
    retry: "now",
    facts: [["said", said]],
  };
}
