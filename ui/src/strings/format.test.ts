/** Numbers and times, as people read them. */
import { expect, test } from "vitest";
import { en } from "./en";
import { bytes, duration, estimate, versionTime, when } from "./format";
import { spokenLanguage } from "./index";
import { zh } from "./zh";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1024, "1 KB"],
  [84_000, "84 KB"],
  [999_600, "1.0 MB"],
  [9_400_000, "9.4 MB"],
  [318e6, "318 MB"],
  [1.2e9, "1.2 GB"],
  [128.4e9, "128 GB"],
  [12.34e12, "12.3 TB"],
])("%d bytes are %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});

test.each([
  [0, "0 s", "0 秒"],
  [7.4, "7 s", "7 秒"],
  [120, "2 min", "2 分"],
  [151, "2 min 31 s", "2 分 31 秒"],
  [3900, "1 h 05 min", "1 小时 05 分"],
])("%d seconds", (secs, english, chinese) => {
  expect(duration(secs, en.time)).toBe(english);
  expect(duration(secs, zh.time)).toBe(chinese);
});

test("an estimate is rounded, since nobody measured it", () => {
  expect(estimate(43, en.time)).toBe("about 40 s");
  expect(estimate(170, zh.time)).toBe("约 3 分");
  expect(estimate(0.2, en.time)).toBe("about 1 s");
});

const now = new Date(2026, 7, 20, 12, 0, 0);

test.each([
  ["2026-08-20 10:30:12", "Today 10:30"],
  ["2026-08-19 22:00:00", "Yesterday 22:00"],
  ["2026-08-13 10:30:00", "08-13 10:30"],
  ["2025-12-31 23:59:00", "2025-12-31 23:59"],
  ["soon", "soon"],
])("%s is %s", (created, text) => {
  expect(when(created, now, en.time)).toBe(text);
});

test("a version is a time", () => {
  expect(versionTime("20260820103012")).toBe("2026-08-20 10:30:12");
  expect(versionTime("v2")).toBe("v2");
});

test("the language is the one asked for, else the system's", () => {
  expect(spokenLanguage("auto", "zh-CN")).toBe("zh");
  expect(spokenLanguage("auto", "de")).toBe("en");
  expect(spokenLanguage("en", "zh-CN")).toBe("en");
});
