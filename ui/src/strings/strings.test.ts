/** Both languages are whole, and say the same facts. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { en } from "./en";
import { lines as english } from "./lines.en";
import { lines as chinese } from "./lines.zh";
import { fill, sayLine } from "./say";
import { zh } from "./zh";

const shape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
};

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(texts);
}

const facts = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((found) => found[1]).sort();

test("Chinese has every word that English has", () => {
  expect(shape(zh)).toEqual(shape(en));
});

test("no word is empty", () => {
  expect(texts(en).filter((text) => text.trim() === "")).toEqual([]);
  expect(texts(zh).filter((text) => text.trim() === "")).toEqual([]);
});

test.each(Object.keys(english))("%s names the same facts in both languages", (code) => {
  expect(facts(chinese[code] ?? "")).toEqual(facts(english[code] ?? ""));
});

test("Chinese uses full-width punctuation, 「」, and a space beside Latin", () => {
  const odd = texts(zh).filter((text) => {
    const plain = text.replace(/\{[^}]*\}/g, "").replace(/…|https?:\S+|[\w.-]+\.(zst|bak)/g, "");
    return (
      /[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]|[“”"]|您/.test(plain) ||
      /[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]/.test(plain)
    );
  });
  expect(odd).toEqual([]);
});

const RUST = "../src-tauri/core/src/line_codes.rs";

test.runIf(existsSync(RUST))("sentences use only facts that the core gives", () => {
  const source = readFileSync(RUST, "utf8");
  const templates = new Map(
    [...source.matchAll(/^\s+([A-Z]\w+) = "(.*)";$/gm)].map(([, name = "", text = ""]) => [snake(name), facts(text)]),
  );
  expect(templates.size).toBeGreaterThan(80);
  for (const [code, given] of templates) {
    expect(english, `${code} has no words`).toHaveProperty(code);
    expect(
      facts(english[code] ?? "").filter((name) => !given.includes(name)),
      code,
    ).toEqual([]);
  }
});

const snake = (name: string) => name.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();

test("facts are put into words", () => {
  expect(fill("{count|volume|volumes}: {names:list}", { count: "1", names: "a, b" }, { comma: "、" })).toBe("1 volume: a、b");
  expect(fill("{count|volume|volumes}", { count: "2" }, en)).toBe("2 volumes");
  expect(fill("{bytes:bytes}, {sha256:short}", { bytes: "1200000000", sha256: "0123456789abcdef0123" }, en)).toBe(
    "1.2 GB, 0123456789ab…",
  );
});

test("a sentence of a newer core is said as the core says it", () => {
  const { log_started: _known, ...older } = english;
  expect(sayLine({ ...older } as typeof english, en, { code: "log_started", facts: {}, message: "Started" })).toBe("Started");
});
