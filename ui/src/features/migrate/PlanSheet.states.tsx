/** The states of a plan, down to its parts. */
import type { PlanRequest, PlanView } from "../../ipc/generated/contract";
import { planOf } from "../../platform/fake/plans";
import { boardWorld } from "../../platform/fake/world";
import { consoleNamed, PLAIN } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { BackupOptions } from "./BackupOptions";
import { Checks } from "./Checks";
import { ConfirmBar } from "./ConfirmBar";
import { Forecast, Outcome } from "./PlanParts";
import { PlanSheet } from "./PlanSheet";

const world = boardWorld("board");
const cluster = (name: string) => consoleNamed(world, name).clusters[0]?.id ?? "";
const from = (app: string): PlanRequest["source"] => {
  const found = world.apps.get(`${cluster("shanghai")}|ops`)?.find((one) => one.name === app);
  return { kind: "backup", cluster: cluster("shanghai"), team: "ops", backup: found?.backups[0]?.id ?? "" };
};
const toBeijing: PlanRequest["target"] = { kind: "team", cluster: cluster("beijing"), team: "shop", app: null };
const wiki = planOf(world, { source: from("wiki"), target: toBeijing, options: PLAIN });
const blocked = planOf(world, { source: from("crm"), target: toBeijing, options: PLAIN });
const exported = planOf(world, { source: from("wiki"), target: { kind: "this_computer", folder: null }, options: PLAIN });

const body = (plan: PlanView) => () => (
  <>
    <Forecast plan={plan} />
    <Outcome plan={plan} />
    <Checks checks={plan.checks} busy={false} />
  </>
);

export const states: ScreenStates = {
  making: { draw: () => <PlanSheet request={wiki.request} />, shows: "Making the plan…" },
  "to production": { draw: body(wiki), shows: "Does not arrive" },
  blocked: { draw: body(blocked), shows: "1 blocking" },
  export: { draw: body(exported), shows: /As wiki-/ },
  confirm: { draw: () => <ConfirmBar cluster="beijing" typed="" onType={() => undefined} />, shows: "production" },
  "options of a backup": { draw: () => <BackupOptions options={PLAIN} onChange={() => undefined} />, shows: "Refuse" },
};
