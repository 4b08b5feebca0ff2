/** Pieces of the made-up world, ready for the states of screens. */

import type { ConsoleView, JobView, PlanView } from "../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../ipc/options";
import { manyJobs } from "../platform/fake/jobs";
import { planOf } from "../platform/fake/plans";
import { boardWorld, columnOf, type World } from "../platform/fake/world";
import type { State } from "../state/model";

/** The state of a window that shows a scene, as if everything had loaded. */
export function loaded(scene = "board"): { world: World; state: Partial<State> } {
  const world = boardWorld(scene);
  const columns: State["columns"] = {};
  const teams: State["teams"] = {};
  for (const cluster of world.consoles.flatMap((console) => console.clusters)) {
    const team = cluster.teams[0]?.name ?? "";
    teams[cluster.id] = team;
    columns[cluster.id] = { team, loading: false, view: columnOf(world, cluster.id, team), problem: null };
  }
  const library = { loading: false, view: world.library, problem: null };
  return { world, state: { consoles: world.consoles, columns, teams, library } };
}

export function consoleNamed(world: World, name: string): ConsoleView {
  const found = world.consoles.find((console) => console.name === name);
  if (!found) throw new Error(`no console ${name}`);
  return found;
}

/** One job in every state. */
export function sampleJobs(world: World): JobView[] {
  const [beijing, shanghai] = [consoleNamed(world, "beijing"), consoleNamed(world, "shanghai")];
  const [from, to] = [beijing.clusters[0]?.id ?? "", shanghai.clusters[0]?.id ?? ""];
  const backup = world.apps.get(`${from}|shop`)?.[0]?.backups[0]?.id ?? "";
  const plan = (): PlanView =>
    planOf(world, {
      source: { kind: "backup", cluster: from, team: "shop", backup },
      target: { kind: "team", cluster: to, team: "ops", app: null },
      options: PLAIN_OPTIONS,
    });
  const [running, waiting, failed, missing, exported] = manyJobs([plan(), plan(), plan(), plan(), plan()]);
  if (!running || !waiting || !failed || !missing || !exported) throw new Error("a job is missing");
  const whole = { ...exported, report: exported.report && { ...exported.report, missing: [] } };
  return [
    running,
    waiting,
    failed,
    missing,
    whole,
    { ...running, id: "job-cancelling", state: "cancelling" },
    { ...waiting, id: "job-cancelled", state: "cancelled" },
  ];
}
