/** May this drop there? Pure: the same answer for the pointer, the keyboard and every menu. */

import type { PlanRequest, PlanSource, PlanTarget } from "../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../ipc/options";
import type { Payload, Refusal, Target, Verb, Verdict } from "./types";

const BUNDLE_NAMES = [".tar.zst", ".tar.zst.age", ".bak"];

export function accepts(payload: Payload, target: Target): Verdict {
  const why = refusal(payload, target);
  return why ? { kind: "no", why } : { kind: "yes", verb: verb(payload, target) };
}

function verb(payload: Payload, target: Target): Verb {
  if (payload.kind === "backup" || payload.kind === "app") return target.kind === "team" ? "migrate" : "export";
  return target.kind === "team" ? "import" : "open";
}

function refusal(payload: Payload, target: Target): Refusal | null {
  return ofPayload(payload) ?? ofTarget(payload, target);
}

/** What cannot travel, wherever it goes. */
function ofPayload(payload: Payload): Refusal | null {
  switch (payload.kind) {
    case "backup":
      if (payload.backup.status === "running") return "backup_running";
      return payload.backup.status === "failed" ? "backup_failed" : null;
    case "app":
      if (payload.app.component_count === 0) return "app_empty";
      return payload.readOnly ? "source_read_only" : null;
    case "file":
      return payload.file.kind === "unreadable" ? "file_unreadable" : null;
    case "desktop":
      if (payload.paths.some((path) => !BUNDLE_NAMES.some((end) => path.toLowerCase().endsWith(end)))) return "unknown_file";
      return null;
  }
}

function ofTarget(payload: Payload, target: Target): Refusal | null {
  switch (target.kind) {
    case "team":
      return ofTeam(payload, target);
    case "library":
      return payload.kind === "file" ? "already_here" : null;
    case "console":
      return target.console === "failed" ? "offline" : "connecting";
  }
}

function ofTeam(payload: Payload, target: Extract<Target, { kind: "team" }>): Refusal | null {
  if (target.cluster.read_only) return "read_only";
  if (target.console === "failed" || !target.cluster.healthy) return "offline";
  if (target.team === null) return "no_team";
  if (target.app && target.app.component_count > 0) return "app_not_empty";
  if (payload.kind === "desktop" && payload.paths.length > 1) return "one_at_a_time";
  const hasHome = payload.kind === "backup" || payload.kind === "app";
  const isHome = hasHome && payload.cluster === target.cluster.id && payload.team === target.team;
  return isHome ? "same_team" : null;
}

/** The plan that a drop, a menu or a key asks for; none where nothing is to be planned. */
export function planFor(payload: Payload, target: Target): PlanRequest | null {
  if (accepts(payload, target).kind === "no" || payload.kind === "desktop") return null;
  const place = planTarget(target);
  return place && { source: planSource(payload), target: place, options: { ...PLAIN_OPTIONS } };
}

function planSource(payload: Exclude<Payload, { kind: "desktop" }>): PlanSource {
  switch (payload.kind) {
    case "backup":
      return { kind: "backup", cluster: payload.cluster, team: payload.team, backup: payload.backup.id };
    case "app":
      return { kind: "app", cluster: payload.cluster, team: payload.team, app: payload.app.id };
    case "file":
      return { kind: "file", path: payload.file.path };
  }
}

function planTarget(target: Target): PlanTarget | null {
  if (target.kind === "console") return null;
  if (target.kind === "library") return { kind: "this_computer", folder: null };
  return { kind: "team", cluster: target.cluster.id, team: target.team ?? "", app: target.app?.id ?? null };
}
