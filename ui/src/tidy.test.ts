/** Rooms look down, never up or sideways; and what must not be in the page is not. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const ROOT = "src";

/** Room → rooms it may use. A feature may use its own folder only. */
const MAY_USE: Record<string, string[]> = {
  ipc: [],
  styles: [],
  platform: ["ipc"],
  strings: ["ipc", "drag/types"],
  state: ["ipc", "platform"],
  parts: ["ipc", "strings"],
  drag: ["ipc", "platform", "strings", "parts", "state"],
  features: ["ipc", "platform", "strings", "parts", "state", "drag", "styles"],
  app: ["ipc", "platform", "strings", "parts", "state", "drag", "styles", "features"],
  test: ["ipc", "platform", "strings", "state", "drag"],
};

/** Words that must not be written, and where they may. */
const FORBIDDEN: { what: RegExp; why: string; except: string[] }[] = [
  { what: /from "@tauri-apps|import\("@tauri-apps/, why: "only platform/tauri.ts knows Tauri", except: ["platform/tauri.ts"] },
  { what: /from "@mantine|from "@dnd-kit/, why: "libraries stay behind parts and drag", except: ["drag/DragLayer.tsx"] },
  { what: /from "@tanstack/, why: "virtual lists are a part", except: ["parts/VirtualList.tsx"] },
  { what: /\bdraggable=|dataTransfer/, why: "HTML5 drags never arrive on Windows", except: [] },
  { what: /dangerouslySetInnerHTML|innerHTML\s*=/, why: "server text is hostile text", except: [] },
  { what: /\bfetch\(|XMLHttpRequest|new WebSocket/, why: "the page has no network", except: [] },
  { what: /:\s*any\b|<any>|\bas (?!const\b|typeof english\b)[A-Z]\w*/, why: "wire data is not cast", except: [] },
];

const MAX_LINES = 250;

interface Source {
  /** Below `src`, with slashes. */
  path: string;
  text: string;
}

function violations(source: Source): string[] {
  return [...imports(source), ...words(source), ...shape(source)];
}

const isTest = (path: string) => /\.(test|states)\.tsx?$/.test(path) || path.startsWith("test/") || path === "test-setup.ts";

function imports({ path, text }: Source): string[] {
  const room = path.split("/")[0] ?? "";
  const may = MAY_USE[room];
  if (!may) return [];
  return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].flatMap(([, to = ""]) => {
    const target = normalize(join(dirname(path), to));
    const [targetRoom = "", feature] = target.split("/");
    if (targetRoom === room) {
      const sideways = room === "features" && feature !== path.split("/")[1];
      return sideways ? [`${path} uses another feature: ${to}`] : [];
    }
    if (isTest(path) && ["test", "platform"].includes(targetRoom)) return [];
    const allowed = may.some((one) => one === targetRoom || target.startsWith(one));
    const fake = target.startsWith("platform/") && target !== "platform/types" && room !== "test";
    return allowed && !fake ? [] : [`${path} may not use ${target}`];
  });
}

function words({ path, text }: Source): string[] {
  if (isTest(path) || path.startsWith("ipc/generated")) return [];
  return FORBIDDEN.filter((rule) => rule.what.test(withoutComments(text)) && !rule.except.includes(path)).map(
    (rule) => `${path}: ${rule.why}`,
  );
}

const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "").replace(/import[\s\S]*?from/g, "from");

function shape({ path, text }: Source): string[] {
  if (path.startsWith("ipc/generated")) return [];
  const wrong: string[] = [];
  if (!text.startsWith("/** ")) wrong.push(`${path} does not open by saying what it is for`);
  if (path.endsWith(".tsx") && text.split("\n").length > MAX_LINES) wrong.push(`${path} has more than ${MAX_LINES} lines`);
  return wrong;
}

function sources(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name)
      ? [{ path: path.slice(ROOT.length + 1).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }]
      : [];
  });
}

test("the house is tidy", () => {
  expect(sources(ROOT).flatMap(violations)).toEqual([]);
});

test.each([
  ["features/backups/X.tsx", `import { Drawer } from "../transfers/Drawer";`],
  ["features/backups/X.tsx", `import { App } from "../../app/App";`],
  ["features/backups/X.tsx", `import { openTauri } from "../../platform/tauri";`],
  ["parts/X.tsx", `import { useAct } from "../state/session";`],
  ["state/x.ts", `import { accepts } from "../drag/rules";`],
  ["features/backups/X.tsx", `import { invoke } from "@tauri-apps/api/core";`],
  ["features/backups/X.tsx", `import { Menu } from "@mantine/core";`],
  ["features/backups/X.tsx", `const x = <div draggable={true} />;`],
  ["features/backups/X.tsx", `event.dataTransfer.getData("text");`],
  ["features/backups/X.tsx", `const view = answer as JobView;`],
  ["features/backups/X.tsx", `await fetch("http://example.com");`],
])("a planted violation in %s is found: %s", (path, line) => {
  expect(violations({ path, text: `/** Planted. */\n${line}\n` })).toHaveLength(1);
});

test("a file that does not say what it is for, or is too long, is found", () => {
  expect(violations({ path: "app/X.tsx", text: "export const x = 1;\n" })).toHaveLength(1);
  expect(violations({ path: "app/X.tsx", text: `/** Long. */\n${"\n".repeat(300)}` })).toHaveLength(1);
});
