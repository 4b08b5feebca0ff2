/** The items “Migrate to…” and “Export”: everything draggable is also a menu item; for an app, too. */
import { EnvTag, type MenuItem } from "../parts";
import type { Actions } from "../state/actions";
import type { State } from "../state/model";
import type { Words } from "../strings";
import { accepts, planFor } from "./rules";
import { menuTargets } from "./targets";
import type { Payload, Target } from "./types";

/** Needs of the state only what a menu shows. */
export function sendItems(
  payload: Payload,
  consoles: State["consoles"],
  freeBytes: number,
  act: Actions,
  words: Words,
): MenuItem[] {
  const teams = menuTargets(consoles, payload).map((target): MenuItem => {
    const label = words.backup.migrateToTarget(target.cluster.name, target.alias);
    const why = target.refusal && words.refusal[target.refusal].why;
    return {
      label,
      disabled: target.request === null,
      aside: why ? <span className="small t3">{why}</span> : <EnvTag environment={target.cluster.environment} />,
      run: () => target.request && act.openSheet({ kind: "plan", request: target.request }),
    };
  });
  const isFile = payload.kind === "file" || payload.kind === "desktop";
  const items: MenuItem[] = [
    {
      label: isFile ? words.library.importTo : words.backup.migrateTo,
      icon: "right",
      items: teams,
      disabled: !teams.some((item) => !item.disabled),
      aside: teams.length === 0 ? <span className="small t3">{words.backup.noTargets}</span> : undefined,
    },
  ];
  if (!isFile) {
    const library: Target = { kind: "library", freeBytes };
    const verdict = accepts(payload, library);
    const request = planFor(payload, library);
    items.push({
      label: words.backup.exportHere,
      icon: "download",
      disabled: request === null,
      aside: verdict.kind === "no" ? <span className="small t3">{words.refusal[verdict.why].why}</span> : undefined,
      run: () => request && act.openSheet({ kind: "plan", request }),
    });
  }
  return items;
}
