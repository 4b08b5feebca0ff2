/** Two backups that are selected: what each is, and the way to compare them. */
import type { PlanSource } from "../../ipc/generated/contract";
import { Button, Cut, EnvTag, IconButton } from "../../parts";
import { clusterById, selectedBackup, teamAlias } from "../../state/board";
import type { NamedSource, Selection, State } from "../../state/model";
import { useAct, useStore } from "../../state/session";
import { useWords, type Words } from "../../strings";

type OfBackup = Extract<Selection, { kind: "backup" }>;

export function Pair({ first, second }: { first: OfBackup; second: OfBackup }) {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  const columns = useStore((state) => state.columns);
  const [left, right] = [first, second].map((one) => named({ consoles, columns }, one, words));
  if (!left || !right) return null;
  const say = words.look;
  return (
    <>
      <div className="inspector-head">
        <div className="row-one">
          <h2 className="grow cut">{say.two}</h2>
          <IconButton icon="close" size="small" label={say.onlyFirst} onClick={() => act.select(first)} />
        </div>
      </div>
      <div className="inspector-body">
        {[left, right].map((one) => (
          <div className="section" key={one.name}>
            <b>
              <Cut>{one.app}</Cut>
            </b>
            <p className="small t2 num">{one.created}</p>
            <p className="place small t2">
              <Cut>{one.place}</Cut>
              <EnvTag environment={one.environment} />
            </p>
          </div>
        ))}
      </div>
      <div className="inspector-foot">
        <Button
          look="primary"
          icon="differs"
          onClick={() =>
            act.openSheet({ kind: "compare", left: left.source, name: left.name, app: left.app, right: { ...right } })
          }
        >
          {say.compareTwo}
        </Button>
      </div>
    </>
  );
}

function named(state: Pick<State, "consoles" | "columns">, selection: OfBackup, words: Words) {
  const cluster = clusterById(state.consoles, selection.cluster);
  const found = selectedBackup(state, selection);
  if (!cluster || !found) return null;
  const place = words.common.place(cluster.name, teamAlias(cluster, selection.team));
  const source: PlanSource = {
    kind: "backup",
    cluster: selection.cluster,
    team: selection.team,
    backup: selection.backup,
  };
  const { created } = found.backup;
  const side: NamedSource = { source, name: words.official.compare.backup(found.app.name, created, place) };
  return { ...side, app: found.app.name, created, place, environment: cluster.environment };
}
