/** What the sheet of a comparison offers. */
import { expect, test } from "vitest";
import { EMPTY } from "../../state/model";
import { en } from "../../strings/en";
import { loaded } from "../../test/samples";
import { candidates } from "./candidates";

test("the app itself and its other backups come first; what is compared is not offered", () => {
  const { world, state } = loaded();
  const cluster = world.consoles[1]?.clusters[0]?.id ?? "";
  const backup = world.apps.get(`${cluster}|ops`)?.find((one) => one.name === "wiki")?.backups[0];
  const left = { kind: "backup" as const, cluster, team: "ops", backup: backup?.id ?? "" };
  const found = candidates({ ...EMPTY, ...state }, left, "wiki", en);
  expect(found[0]?.label).toBe("wiki, live · shanghai / ops");
  expect(found[1]?.label).toMatch(/^wiki, .* · shanghai \/ ops$/);
  expect(found.some((one) => one.source.kind === "backup" && one.source.backup === left.backup)).toBe(false);
  expect(found.some((one) => one.source.kind === "file" && one.label.includes("wiki-"))).toBe(true);
  expect(found.some((one) => one.label.startsWith("报表服务, live"))).toBe(true);
  expect(found.some((one) => one.label.startsWith("新应用"))).toBe(false);
});
