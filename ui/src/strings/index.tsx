/** The language of the window, and its words. */
import { createContext, type ReactNode, useContext } from "react";
import type { Language, Line } from "../ipc/generated/contract";
import { en, type Words } from "./en";
import { sayLine } from "./say";
import { zh } from "./zh";

export type { Words } from "./en";
export type Spoken = "en" | "zh";

export function spokenLanguage(asked: Language, system: string): Spoken {
  if (asked !== "auto") return asked;
  return system.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const wordsOf = (language: Spoken): Words => (language === "zh" ? zh : en);

const Context = createContext<Words>(en);

export function WordsProvider({ language, children }: { language: Spoken; children: ReactNode }) {
  return <Context value={wordsOf(language)}>{children}</Context>;
}

export const useWords = (): Words => useContext(Context);

/** Says a sentence of the core in the window's language. */
export const say = (words: Words, line: Line): string => sayLine(words.lines, words, line);
