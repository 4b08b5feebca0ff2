/** Everything the palette knows: what the board shows, and what can be done. Made anew each time it opens. */
import { appItems, appPayload, backUpRequest } from "../../drag/appItems";
import { backupItems, backupPayload } from "../../drag/backupItems";
import { planFor } from "../../drag/rules";
import { sendItems } from "../../drag/sendItems";
import { menuTargets } from "../../drag/targets";
import type { Payload, Target } from "../../drag/types";
import { fileName } from "../../drag/words";
import type { AppView, BackupView, ClusterView, ConsoleView, FileView, TeamName } from "../../ipc/generated/contract";
import type { MenuItem } from "../../parts";
import type { Actions } from "../../state/actions";
import { allColumns, teamAlias } from "../../state/board";
import type { State } from "../../state/model";
import type { Words } from "../../strings";
import { bytes, versionTime, when } from "../../strings/format";
import { straight } from "../../strings/say";
import { consoleItems } from "../columnItems";
import type { Entry } from "./results";

/** What entries are made from and with. */
export interface Known {
  state: State;
  act: Actions;
  words: Words;
  now: Date;
}

export function boardEntries(known: Known): Entry[] {
  const { state, words } = known;
  const entries: Entry[] = [];
  for (const column of allColumns(state.consoles)) entries.push(columnEntry(column, known));
  for (const console of state.consoles) {
    for (const cluster of console.clusters) {
      for (const team of cluster.teams) entries.push(teamEntry(cluster, team.name, known));
      const slot = state.columns[cluster.id];
      if (!slot?.view) continue;
      for (const app of slot.view.apps) entries.push(...appEntries(console, cluster, slot.team, app, known));
    }
  }
  for (const file of [...state.opened, ...(state.library.view?.files ?? [])]) entries.push(fileEntry(file, known));
  for (const entry of entries) entry.label = straight(entry.label);
  return entries.map((entry) => ({ ...entry, also: `${entry.also} ${entry.hint} ${words.palette.groups[entry.group]}` }));
}

function columnEntry(column: ReturnType<typeof allColumns>[number], { act, words }: Known): Entry {
  const isCluster = column.kind === "cluster";
  const { name, environment, version } = isCluster ? column.cluster : column.console;
  return {
    key: `cluster ${column.key}`,
    group: "clusters",
    icon: "cluster",
    label: name,
    also: column.console.url,
    hint: version ? `Rainbond ${version}` : "",
    environment,
    always: true,
    run: () => act.show({ cluster: column.key, app: null, backup: null }),
    items: () => consoleItems(column, act, words),
  };
}

function teamEntry(cluster: ClusterView, team: TeamName, { act, words }: Known): Entry {
  const open = () => {
    act.pickTeam(cluster.id, team);
    act.show({ cluster: cluster.id, app: null, backup: null });
  };
  const several: MenuItem = {
    label: words.official.menu.severalApps,
    icon: "image",
    disabled: cluster.read_only,
    run: () => act.openSheet({ kind: "several", cluster: cluster.id, team, apps: null }),
  };
  return {
    key: `team ${cluster.id} ${team}`,
    group: "teams",
    icon: "folder",
    label: teamAlias(cluster, team),
    also: team,
    hint: cluster.name,
    environment: cluster.environment,
    run: open,
    items: () => [{ label: words.palette.showOnBoard(teamAlias(cluster, team)), icon: "search", run: open }, several],
  };
}

function appEntries(console: ConsoleView, cluster: ClusterView, team: TeamName, app: AppView, known: Known): Entry[] {
  const { state, act, words, now } = known;
  const alias = teamAlias(cluster, team);
  const place = words.common.place(cluster.name, alias);
  const target = { kind: "team" as const, cluster, console: console.state.kind, team, teamAlias: alias, app: null };
  const payload = appPayload(target, app);
  const free = state.library.view?.free_bytes ?? 0;
  const show = () => act.show({ cluster: cluster.id, app: app.id, backup: null });
  const key = `${cluster.id} ${team} ${app.id}`;
  const backups = app.backups.map((backup) => backupEntry(cluster, team, app, backup, known));
  if (app.state === "deleted") return backups;
  const itself: Entry = {
    key: `app ${key}`,
    group: "apps",
    icon: "image",
    label: app.name,
    also: "",
    hint: `${place} · ${words.appState[app.state]}`,
    environment: cluster.environment,
    run: show,
    items: () => [
      { label: words.palette.showOnBoard(app.name), icon: "search", run: show },
      ...appItems(payload, state.consoles, free, act, words),
    ],
  };
  const verbs: Entry[] = [];
  const canBackUp = app.component_count > 0 && !cluster.read_only;
  if (canBackUp)
    verbs.push({
      key: `back up ${key}`,
      group: "actions",
      icon: "plus",
      label: words.column.backUpApp(app.name),
      also: "",
      hint: place,
      environment: cluster.environment,
      run: () => act.openSheet({ kind: "plan", request: backUpRequest(payload) }),
    });
  const newest = app.backups.find((backup) => backup.status === "ready");
  const wholeBackup = newest && backupPayload(cluster, team, alias, newest);
  const taken = newest ? words.palette.newest(when(newest.created, now, words.time)) : "";
  if (wholeBackup) verbs.push(...sendEntries(wholeBackup, app.name, `${place} · ${taken}`, `newest ${key}`, known));
  verbs.push(...sendEntries(payload, app.name, `${place} · ${words.palette.asItRuns}`, `live ${key}`, known));
  return [itself, ...verbs, ...backups];
}

/** “Migrate … to …” for every place that takes it, and the export. */
function sendEntries(payload: Payload, name: string, hint: string, key: string, { state, act, words }: Known): Entry[] {
  const targets = menuTargets(state.consoles, payload).flatMap(({ key: to, cluster, alias, request }): Entry[] => {
    if (!request) return [];
    const label = words.palette.migrate(name, words.common.place(cluster.name, alias));
    const run = () => act.openSheet({ kind: "plan", request });
    const { environment } = cluster;
    return [{ key: `${key} ${to}`, group: "actions", icon: "right", label, also: "", hint, environment, run }];
  });
  const library: Target = { kind: "library", freeBytes: state.library.view?.free_bytes ?? 0 };
  const request = planFor(payload, library);
  if (!request) return targets;
  const run = () => act.openSheet({ kind: "plan", request });
  const label = words.palette.exportApp(name);
  return [...targets, { key: `${key} export`, group: "actions", icon: "download", label, also: "", hint, run }];
}

function backupEntry(cluster: ClusterView, team: TeamName, app: AppView, backup: BackupView, known: Known): Entry {
  const { state, act, words, now } = known;
  const alias = teamAlias(cluster, team);
  const size = backup.status === "ready" ? bytes(backup.size_bytes) : words.backup[backup.status];
  const open = () => {
    act.select({ kind: "backup", cluster: cluster.id, team, app: app.id, backup: backup.id });
    act.openInspector();
    act.show({ cluster: cluster.id, app: app.id, backup: backup.id });
  };
  return {
    key: `backup ${cluster.id} ${backup.id}`,
    group: "backups",
    icon: "box",
    label: `${app.name} · ${when(backup.created, now, words.time)}`,
    also: `${backup.created} ${backup.version} ${backup.author}`,
    hint: [words.common.place(cluster.name, alias), size, backup.note].filter(Boolean).join(" · "),
    environment: cluster.environment,
    run: open,
    items: () => [
      { label: words.backup.inspect, icon: "panel", run: open },
      ...backupItems(
        backupPayload(cluster, team, alias, backup),
        state.consoles,
        state.library.view?.free_bytes ?? 0,
        act,
        words,
      ),
    ],
  };
}

function fileEntry(file: FileView, { state, act, words, now }: Known): Entry {
  const open = () => {
    act.select({ kind: "file", path: file.path });
    act.openInspector();
  };
  const about = file.bundle ? when(versionTime(file.bundle.version), now, words.time) : words.library.damaged;
  const items = (): MenuItem[] => [
    { label: words.backup.inspect, icon: "panel", run: open },
    ...(file.kind === "unreadable" ? [] : sendItems({ kind: "file", file }, state.consoles, 0, act, words)),
    { label: words.library.reveal, icon: "folder", run: () => void act.reveal(file.path) },
  ];
  return {
    key: `file ${file.path}`,
    group: "files",
    icon: file.kind === "ticket" ? "ticket" : "bundle",
    label: file.bundle?.app_name || file.name,
    also: fileName(file.path),
    hint: [about, bytes(file.size_bytes), file.bundle?.cluster_name].filter(Boolean).join(" · "),
    run: open,
    items,
  };
}
