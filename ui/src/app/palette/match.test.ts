/** What fits, how well, and which letters were meant. */
import { expect, test } from "vitest";
import { howWell, queryWords } from "./match";
import { type Entry, results } from "./results";

const fits = (query: string, label: string, also = "") => howWell(queryWords(query), { label, also });

test.each([
  ["商城", "商城", ""],
  ["迁移 shanghai", "把 商城 迁移到 shanghai / ops…", ""],
  ["shanghai 迁移", "把 商城 迁移到 shanghai / ops…", ""],
  ["ＳＨＯＰ", "shop", ""],
  ["mgrt wiki", "Migrate wiki to beijing", ""],
  ["设置", "Settings", "设置"],
])("%s fits %s", (query, label, also) => {
  expect(fits(query, label, also)).not.toBeNull();
});

test.each([
  ["订单", "商城"],
  ["gm", "Migrate"],
  ["zzz", "Settings"],
  ["mie", "move it somewhere else"],
])("%s does not fit %s", (query, label) => {
  expect(fits(query, label)).toBeNull();
});

test("the whole name is better than its beginning, a word's beginning better than its middle, letters last", () => {
  const scores = ["wiki", "wiki-2", "my wiki", "mywiki", "w-i-k-i"].map((label) => fits("wiki", label)?.score ?? 0);
  expect([...scores].sort((a, b) => b - a)).toEqual(scores);
});

test("marks are stretches of the label, joined and in order", () => {
  expect(fits("shang hai", "shanghai / ops")?.marks).toEqual([[0, 8]]);
  expect(fits("ops shang", "shanghai / ops")?.marks).toEqual([
    [0, 5],
    [11, 14],
  ]);
  expect(fits("i", "İi")?.marks ?? []).toEqual(expect.any(Array));
});

test("twenty thousand things are searched between two keys", () => {
  const entries = Array.from({ length: 20_000 }, (_, index): Entry => {
    return { key: `${index}`, group: "backups", icon: "box", label: `app-${index}`, also: `nightly ${index}`, hint: "" };
  });
  const before = performance.now();
  const [group] = results(entries, "nightly 777");
  expect(performance.now() - before).toBeLessThan(500);
  expect(group?.rows.length).toBeLessThan(10);
  expect(group?.all).toBeGreaterThan(50);
});
