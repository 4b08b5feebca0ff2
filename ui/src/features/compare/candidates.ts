/** What a backup may be compared with: apps as they run, other backups, bundles; the nearest by name first. Pure. */
import type { PlanSource } from "../../ipc/generated/contract";
import { clusterById, teamAlias } from "../../state/board";
import type { State } from "../../state/model";
import type { Words } from "../../strings";

export interface Candidate {
  key: string;
  label: string;
  source: PlanSource;
}

const keyOf = (source: PlanSource) => JSON.stringify(source);

type Known = Pick<State, "consoles" | "columns" | "library" | "opened">;

export function candidates(state: Known, left: PlanSource, app: string, words: Words): Candidate[] {
  const say = words.official.compare;
  const near: Candidate[] = [];
  const far: Candidate[] = [];
  const put = (isNear: boolean, source: PlanSource, label: string) => {
    const key = keyOf(source);
    if (key !== keyOf(left)) (isNear ? near : far).push({ key, label, source });
  };
  for (const [cluster, slot] of Object.entries(state.columns)) {
    const known = clusterById(state.consoles, cluster);
    if (!known || !slot.view) continue;
    const { team } = slot.view;
    const place = words.common.place(known.name, teamAlias(known, team));
    for (const one of slot.view.apps) {
      const isNear = one.name === app;
      if (one.state !== "deleted" && one.component_count > 0)
        put(isNear, { kind: "app", cluster, team, app: one.id }, say.live(one.name, place));
      for (const backup of one.backups)
        if (isNear && backup.status === "ready")
          put(true, { kind: "backup", cluster, team, backup: backup.id }, say.backup(one.name, backup.created, place));
    }
  }
  for (const file of [...state.opened, ...(state.library.view?.files ?? [])])
    if (file.kind === "bundle") put(file.bundle?.app_name === app, { kind: "file", path: file.path }, say.file(file.name));
  return [...near, ...far];
}
