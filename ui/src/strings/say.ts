/** Fills a sentence's facts in: `{name}`, `{bytes:bytes}`, `{version:when}`, `{sha256:short}`, `{names:list}`, `{count|one|many}`. */
import type { Line, LineCode } from "../ipc/generated/contract";
import { bytes, versionTime } from "./format";

/** Every sentence the core can say. Sentences of a newer core than this page may be there too. */
export type LineWords = Record<LineCode, string> & Record<string, string>;

export interface Joined {
  /** Between the names of a list. */
  comma: string;
}

export function sayLine(words: LineWords, joined: Joined, line: Line): string {
  const template: string | undefined = words[line.code];
  return template === undefined ? line.message : fill(template, line.facts, joined);
}

export function fill(template: string, facts: Record<string, string | undefined>, joined: Joined): string {
  return template.replace(
    /\{(\w+)(?::(\w+))?(?:\|([^|}]*)\|([^}]*))?\}/g,
    (_, name: string, form?: string, one?: string, many?: string) => {
      const value = straight(facts[name] ?? "");
      if (one !== undefined && many !== undefined) return `${value} ${value === "1" ? one : many}`;
      return shaped(value, form, joined);
    },
  );
}

/** A name with turning letters would turn the rest of the sentence. */
export function straight(text: string): string {
  return text.replace(/[\u202A-\u202E\u2066-\u2069]/g, "\uFFFD");
}

function shaped(value: string, form: string | undefined, joined: Joined): string {
  switch (form) {
    case "bytes":
      return /^\d+$/.test(value) ? bytes(Number(value)) : value;
    case "when":
      return versionTime(value);
    case "short":
      return value.length > 16 ? `${value.slice(0, 12)}…` : value;
    case "list":
      return value.split(/,\s*/).join(joined.comma);
    default:
      return value;
  }
}
