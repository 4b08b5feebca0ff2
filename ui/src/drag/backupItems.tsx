/** Everything that can be done with one backup, as a menu: the same in a column, in the inspector and in the list of all. */

import type { BackupRef, ClusterView, PlanRequest, RestoreManner } from "../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../ipc/options";
import type { MenuItem } from "../parts";
import type { Actions } from "../state/actions";
import type { NamedBackup, State } from "../state/model";
import type { Words } from "../strings";
import { sendItems } from "./sendItems";
import type { Payload } from "./types";

export type BackupPayload = Extract<Payload, { kind: "backup" }>;

export function backupPayload(
  cluster: ClusterView,
  team: string,
  teamAlias: string,
  backup: BackupPayload["backup"],
): BackupPayload {
  return {
    kind: "backup",
    cluster: cluster.id,
    clusterName: cluster.name,
    environment: cluster.environment,
    team,
    teamAlias,
    backup,
  };
}

export function refOf({ cluster, team, backup }: BackupPayload): BackupRef {
  return { cluster, team, backup: backup.id };
}

export function nameOf(payload: BackupPayload): NamedBackup {
  const { app_name: app, version, created } = payload.backup;
  return { ref: refOf(payload), app, version, created };
}

export function restoreRequest({ cluster, team, backup }: BackupPayload, manner: RestoreManner): PlanRequest {
  return {
    source: { kind: "backup", cluster, team, backup: backup.id },
    target: { kind: "restore", manner },
    options: { ...PLAIN_OPTIONS },
  };
}

/** Beside sending it: restore, ticket, compare, where it is, delete. */
export function keepItems(payload: BackupPayload, isReadOnly: boolean, act: Actions, words: Words): MenuItem[] {
  const isReady = payload.backup.status === "ready";
  const say = words.official.menu;
  const lock = isReadOnly ? <span className="small t3">{words.common.readOnly}</span> : undefined;
  const { cluster, team, backup } = payload;
  const plan = (manner: RestoreManner) => () => act.openSheet({ kind: "plan", request: restoreRequest(payload, manner) });
  const place = words.common.place(payload.clusterName, payload.teamAlias);
  const named = {
    source: { kind: "backup" as const, cluster, team, backup: backup.id },
    name: words.official.compare.backup(backup.app_name, backup.created, place),
    app: backup.app_name,
  };
  return [
    { label: say.restoreInPlace, icon: "retry", disabled: !isReady || isReadOnly, aside: lock, run: plan("in_place") },
    { label: say.restoreBeside, icon: "copy", disabled: !isReady || isReadOnly, aside: lock, run: plan("beside") },
    { label: say.ticket, icon: "ticket", disabled: !isReady, run: () => void act.exportTicket(refOf(payload)) },
    { label: words.look.inside, icon: "box", disabled: !isReady, run: () => act.openSheet({ kind: "inspect", ...named }) },
    {
      label: say.compare,
      icon: "differs",
      disabled: !isReady,
      run: () => act.openSheet({ kind: "compare", left: named.source, name: named.name, app: named.app }),
    },
    { label: say.where, icon: "search", run: () => act.openSheet({ kind: "place", backup: nameOf(payload) }) },
    {
      label: say.delete,
      icon: "trash",
      disabled: isReadOnly,
      aside: lock,
      run: () => act.openSheet({ kind: "removal", backup: nameOf(payload) }),
    },
  ];
}

export function backupItems(
  payload: BackupPayload,
  consoles: State["consoles"],
  freeBytes: number,
  act: Actions,
  words: Words,
): MenuItem[] {
  const clusters = consoles.flatMap((console) => console.clusters);
  const isReadOnly = clusters.find((cluster) => cluster.id === payload.cluster)?.read_only ?? false;
  return [...sendItems(payload, consoles, freeBytes, act, words), ...keepItems(payload, isReadOnly, act, words)];
}
