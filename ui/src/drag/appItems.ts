/** Everything that can be done with an app as it runs, as a menu: send it, keep it, back it up. */

import type { AppView, PlanRequest } from "../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../ipc/options";
import type { MenuItem } from "../parts";
import type { Actions } from "../state/actions";
import type { State } from "../state/model";
import type { Words } from "../strings";
import { sendItems } from "./sendItems";
import type { Payload, Target } from "./types";

export type AppPayload = Extract<Payload, { kind: "app" }>;

export function appPayload({ cluster, team, teamAlias }: Extract<Target, { kind: "team" }>, app: AppView): AppPayload {
  return {
    kind: "app",
    cluster: cluster.id,
    clusterName: cluster.name,
    environment: cluster.environment,
    readOnly: cluster.read_only,
    team: team ?? "",
    teamAlias,
    app,
  };
}

export function backUpRequest({ cluster, team, app }: Pick<AppPayload, "cluster" | "team" | "app">): PlanRequest {
  return { source: { kind: "app", cluster, team, app: app.id }, target: { kind: "backup" }, options: { ...PLAIN_OPTIONS } };
}

export function appItems(
  payload: AppPayload,
  consoles: State["consoles"],
  freeBytes: number,
  act: Actions,
  words: Words,
): MenuItem[] {
  const { app, cluster, team } = payload;
  const where = words.common.place(payload.clusterName, payload.teamAlias);
  return [
    {
      label: words.column.backUpApp(app.name),
      icon: "plus",
      disabled: payload.readOnly || app.component_count === 0,
      run: () => act.openSheet({ kind: "plan", request: backUpRequest(payload) }),
    },
    ...sendItems(payload, consoles, freeBytes, act, words),
    {
      label: words.official.menu.compare,
      icon: "differs",
      disabled: app.component_count === 0,
      run: () =>
        act.openSheet({
          kind: "compare",
          left: { kind: "app", cluster, team, app: app.id },
          name: words.official.compare.live(app.name, where),
          app: app.name,
        }),
    },
  ];
}
