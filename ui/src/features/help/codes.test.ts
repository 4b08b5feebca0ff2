/** The guide knows every code that the core can give. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { wordsOf } from "../../strings";
import { CODES, fittingCodes } from "./codes";

/** As the contract has them. */
function codesOfTheCore(): string[] {
  const contract = readFileSync("src/ipc/generated/contract.ts", "utf8");
  const [, list = ""] = /export type Code = ([^;]*);/.exec(contract) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
}

test.each(["en", "zh"] as const)("every code has a cause and a next step in %s", (language) => {
  const words = wordsOf(language);
  const codes = codesOfTheCore();
  expect(codes.length).toBeGreaterThan(50);
  expect([...CODES]).toEqual([...codes].sort());
  for (const code of CODES) {
    expect(words.help.causes[code].length, code).toBeGreaterThan(5);
    expect(words.problems[code].remedy.length, code).toBeGreaterThan(1);
    expect(words.help.causes[code], `${code} says twice the same`).not.toBe(words.problems[code].title);
  }
});

test("a code stands alone, words are looked for everywhere", () => {
  const words = wordsOf("en");
  expect(fittingCodes(words, "store_denied")).toEqual(["store_denied"]);
  expect(fittingCodes(words, "access key")).toContain("store_denied");
  expect(fittingCodes(words, "")).toHaveLength(CODES.length);
  expect(fittingCodes(words, "nothing has this")).toEqual([]);
});
