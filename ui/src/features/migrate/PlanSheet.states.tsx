/** The states of a plan, down to its parts. */

import type { PlanRequest, PlanView } from "../../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../../ipc/options";
import { line, planOf } from "../../platform/fake/plans";
import { consoleNamed, loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { Checks } from "./Checks";
import { ConfirmBar } from "./ConfirmBar";
import { BackupOptions } from "./options/BackupOptions";
import { EncryptionOption, NO_PASSPHRASE } from "./options/EncryptionOption";
import { PlanOptions } from "./options/PlanOptions";
import { VolumeOptions } from "./options/VolumeOptions";
import { Forecast, Outcome } from "./PlanParts";
import { PlanSheet } from "./PlanSheet";
import { SeveralApps } from "./SeveralApps";
import { SeveralSheet } from "./SeveralSheet";

const board = loaded();
const world = board.world;
const cluster = (name: string) => consoleNamed(world, name).clusters[0]?.id ?? "";
const from = (app: string): PlanRequest["source"] => {
  const found = world.apps.get(`${cluster("shanghai")}|ops`)?.find((one) => one.name === app);
  return { kind: "backup", cluster: cluster("shanghai"), team: "ops", backup: found?.backups[0]?.id ?? "" };
};
const toBeijing: PlanRequest["target"] = { kind: "team", cluster: cluster("beijing"), team: "shop", app: null };
const wiki = planOf(world, { source: from("wiki"), target: toBeijing, options: PLAIN_OPTIONS });
const blocked = planOf(world, { source: from("crm"), target: toBeijing, options: PLAIN_OPTIONS });
const dropped: PlanView = {
  ...wiki,
  kind: "import",
  request: { ...wiki.request, source: { kind: "file", path: "/home/me/wiki.bak" } },
  checks: [{ id: "volume_data", level: "warn", line: line("check_volume_data_mended", { count: "1", version: "v6.9.8" }) }],
};
const withVolumes: PlanView = {
  ...wiki,
  lane: "rebuild",
  volumes: [
    {
      component: "a",
      name: "知识库",
      volumes: ["pages"],
      bytes: 5_242_880,
      reads: false,
      can: true,
      chosen: true,
      line: line("volumes_can", { bytes: "5242880", names: "pages" }),
    },
    {
      component: "b",
      name: "订单库",
      volumes: ["data"],
      bytes: 0,
      reads: false,
      can: false,
      chosen: false,
      line: line("volumes_none", { names: "data" }),
    },
    {
      component: "c",
      name: "日志库",
      volumes: ["logs"],
      bytes: 0,
      reads: true,
      can: true,
      chosen: true,
      line: line("volumes_read", { names: "logs" }),
    },
  ],
};
const template: PlanView = {
  ...wiki,
  route_reason: line("route_template", { version: "v6.3.0" }),
  lane: "rebuild",
  lane_reason: line("lane_from_template"),
  other_lanes: [],
  checks: [{ id: "share", level: "pass", line: line("check_share_pass", { count: "2" }) }],
};
const choose =
  (plan: PlanView, options = PLAIN_OPTIONS) =>
  () => <PlanOptions options={options} plan={plan} onChange={() => undefined} />;
const inPlace = planOf(world, { source: from("wiki"), target: { kind: "restore", manner: "in_place" }, options: PLAIN_OPTIONS });
const running = planOf(world, {
  source: {
    kind: "app",
    cluster: cluster("beijing"),
    team: "shop",
    app: world.apps.get(`${cluster("beijing")}|shop`)?.[0]?.id ?? 0,
  },
  target: { kind: "team", cluster: cluster("shanghai"), team: "ops", app: null },
  options: PLAIN_OPTIONS,
});
const stateful: PlanView = {
  ...running,
  checks: [{ id: "stateful", level: "block", line: line("check_stateful_block", { names: "mysql" }) }],
};
const sameConsole: PlanView = { ...wiki, checks: [{ id: "gateway", level: "warn", line: line("check_gateway_same_warn") }] };
const certified: PlanView = {
  ...wiki,
  arrives: [line("arrives_gateway_rules", { count: "2", names: "wiki.example.test/" })],
  stays: [line("stays_certificates")],
};
const apps = board.world.apps.get(`${cluster("beijing")}|shop`) ?? [];
const chosen = new Set(apps.slice(0, 2).map((app) => app.id));
const selection = (of: PlanView) => [{ app: apps[0]?.id ?? 0, plan: of, problem: null }];
const several = (of: PlanView) => () => (
  <SeveralApps apps={apps} chosen={chosen} rows={selection(of)} problem={null} onChoose={() => undefined} />
);
const exported = planOf(world, { source: from("wiki"), target: { kind: "this_computer", folder: null }, options: PLAIN_OPTIONS });

const encryption = (encryption: PlanView["encryption"]) => (
  <EncryptionOption
    options={PLAIN_OPTIONS}
    plan={{ ...exported, encryption }}
    onChange={() => undefined}
    typed={NO_PASSPHRASE}
    onType={() => undefined}
  />
);

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
  "encryption, credentials found": {
    draw: () => encryption({ on: true, credential_count: 3 }),
    shows: "3 credentials found in the package",
  },
  "encryption, nothing known yet": {
    draw: () => encryption({ on: true, credential_count: null }),
    shows: /^What the package will hold is not known yet/,
  },
  "encryption, off": {
    draw: () => encryption({ on: false, credential_count: 0 }),
    shows: "No credentials were found in the package",
  },
  "through its template": { draw: body(template), shows: /a console of v6\.3\.0 fails every backup/ },
  confirm: { draw: () => <ConfirmBar cluster="beijing" typed="" onType={() => undefined} />, shows: "production" },
  "options of a backup": { draw: () => <BackupOptions options={PLAIN_OPTIONS} onChange={() => undefined} />, shows: "Refuse" },
  "options of a restore in place": {
    draw: choose(inPlace),
    shows: /^Stop what runs first/,
  },
  "options of an import": {
    draw: choose(dropped),
    shows: /^As a record only/,
  },
  "data may be left out": {
    draw: choose(dropped),
    shows: /^Leave volume data out/,
  },
  "files of volumes": {
    draw: () => <VolumeOptions options={PLAIN_OPTIONS} plan={withVolumes} onChange={() => undefined} />,
    shows: /^Ticked, you agree/,
  },
  "files read at the source": {
    draw: () => <VolumeOptions options={PLAIN_OPTIONS} plan={withVolumes} onChange={() => undefined} />,
    shows: /^What is read at the source/,
  },
  "through an own registry": {
    draw: choose({ ...wiki, lane: "registry", other_lanes: ["official", "rebuild"] }),
    shows: "Own registry",
  },
  "options of a running app": { draw: choose(stateful), shows: "When stateful components run" },
  "gateway rules": { draw: choose(wiki), shows: /^Make the gateway rules again/ },
  "gateway rules, app still there": { draw: choose(sameConsole), shows: /still runs on this console/ },
  "gateway rules, not started": {
    draw: choose(wiki, { ...PLAIN_OPTIONS, start_after: false }),
    shows: /once the app has started/,
  },
  certificates: { draw: choose(certified), shows: /^Copy their certificates/ },
  several: {
    draw: () => <SeveralSheet cluster={cluster("beijing")} team="shop" chosen={null} />,
    state: board.state,
    shows: /^Back up several apps of beijing/,
  },
  "several, one blocked": { draw: several(blocked), shows: "Choose all" },
  "several, with warnings": { draw: several(wiki), shows: /production/ },
};
