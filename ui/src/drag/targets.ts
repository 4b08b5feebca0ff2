/** The places a backup or file may be sent to from a menu: the same rules as a drag. */

import type { ClusterView, ConsoleView, PlanRequest } from "../ipc/generated/contract";
import { accepts, planFor } from "./rules";
import type { Payload, Target } from "./types";

export interface MenuTarget {
  key: string;
  cluster: ClusterView;
  alias: string;
  request: PlanRequest | null;
  refusal: Extract<ReturnType<typeof accepts>, { kind: "no" }>["why"] | null;
}

export function menuTargets(consoles: ConsoleView[], payload: Payload): MenuTarget[] {
  return consoles.flatMap((console) =>
    console.clusters.flatMap((cluster) =>
      cluster.teams.map((team): MenuTarget => {
        const alias = team.alias || team.name;
        const target: Target = {
          kind: "team",
          cluster,
          console: console.state.kind,
          team: team.name,
          teamAlias: alias,
          app: null,
        };
        const verdict = accepts(payload, target);
        const refusal = verdict.kind === "no" ? verdict.why : null;
        return { key: `${cluster.id}:${team.name}`, cluster, alias, request: planFor(payload, target), refusal };
      }),
    ),
  );
}
