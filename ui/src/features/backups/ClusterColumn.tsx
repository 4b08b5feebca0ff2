/** A cluster as a column: team, filter, apps and their backups; a place to drop a backup or a file. */
import { useMemo, useState } from "react";
import { useDropZone } from "../../drag/DragLayer";
import { DropLine, DropSlot } from "../../drag/DropLine";
import type { Target } from "../../drag/types";
import type { AppView, ClusterView, ConsoleView } from "../../ipc/generated/contract";
import { Blank, Button, cx, ENV_CLASS, type MenuItem, SearchField, Select } from "../../parts";
import { pickTeam, teamAlias } from "../../state/board";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { AppList } from "./AppList";
import { Banner, Connecting, EmptyTeam, Skeleton, Unreachable } from "./ColumnBody";
import { ColumnFoot } from "./ColumnFoot";
import { ColumnHead } from "./ColumnHead";
import { counted } from "./rows";
import { useShownColumn } from "./useShown";

export interface ClusterColumnProps {
  console: ConsoleView;
  cluster: ClusterView;
  items: MenuItem[];
}

export function ClusterColumn({ console, cluster, items }: ClusterColumnProps) {
  const words = useWords();
  const act = useAct();
  const team = useStore((state) => pickTeam(state, cluster.id));
  const [filter, setFilter] = useState("");
  const state = console.state.kind;
  const target = useMemo(
    (): Extract<Target, { kind: "team" }> => ({
      kind: "team",
      cluster,
      console: state,
      team,
      teamAlias: team === null ? "" : teamAlias(cluster, team),
      app: null,
    }),
    [cluster, state, team],
  );
  const zone = useDropZone(`col:${cluster.id}`, target);
  useShownColumn(cluster.id);

  return (
    <section
      ref={zone.ref}
      className={cx("column", ENV_CLASS[cluster.environment], zone.answer)}
      aria-label={cluster.name}
      data-cluster={cluster.id}
      data-drop={zone.id}
      data-environment={cluster.environment}
    >
      <ColumnHead name={cluster.name} environment={cluster.environment} readOnly={cluster.read_only} items={items}>
        <Select
          label={`${words.column.team}${words.colon}${cluster.name}`}
          value={team ?? ""}
          options={cluster.teams.map((one) => ({ value: one.name, label: one.alias || one.name }))}
          disabled={cluster.teams.length === 0}
          onPick={(picked) => act.pickTeam(cluster.id, picked)}
        />
        <SearchField
          label={words.column.filterIn(cluster.name)}
          placeholder={words.column.filter}
          value={filter}
          onText={setFilter}
        />
      </ColumnHead>
      <DropLine zone={zone} target={target} />
      <DropSlot zone={zone} target={target} />
      <ClusterBody console={console} cluster={cluster} target={target} filter={filter} onClear={() => setFilter("")} />
      <ColumnFoot cluster={cluster} team={team} />
    </section>
  );
}

interface BodyProps {
  console: ConsoleView;
  cluster: ClusterView;
  target: Extract<Target, { kind: "team" }>;
  filter: string;
  onClear: () => void;
}

function ClusterBody({ console, cluster, target, filter, onClear }: BodyProps) {
  const words = useWords();
  const act = useAct();
  const slot = useStore((state) => state.columns[cluster.id]);
  const view = slot?.team === target.team ? slot?.view : null;
  const failure = console.state.kind === "failed" ? console.state.problem : (slot?.problem ?? null);
  const retry = () => (console.state.kind === "ready" ? act.loadColumn(cluster.id) : act.refreshConsole(console.id));
  const edit = () => act.openSheet({ kind: "console", id: console.id });

  if (!view) {
    const title =
      console.state.kind === "failed" ? words.column.cannotReach(cluster.name) : words.column.cannotLoad(target.teamAlias);
    if (failure) return <Unreachable title={title} problem={failure} onRetry={retry} onEdit={edit} />;
    if (console.state.kind === "connecting") return <Connecting />;
    if (cluster.teams.length === 0) return <NoTeams hidden={cluster.hidden_team_count} />;
    return <Skeleton />;
  }
  const banner = failure ? (
    <Banner title={words.column.cannotReach(cluster.name)} problems={[failure]} loadedAt={view.loaded_at} onRetry={retry} />
  ) : view.problems.length > 0 ? (
    <Banner title={words.column.partial} problems={view.problems} loadedAt={null} onRetry={retry} />
  ) : null;
  return (
    <>
      {banner}
      <Numbers apps={view.apps} filter={filter} />
      {view.apps.length === 0 && view.problems.length === 0 ? (
        <div className="column-body">
          <EmptyTeam alias={target.teamAlias} />
        </div>
      ) : (
        <AppList cluster={cluster} target={target} apps={view.apps} filter={filter}>
          <Blank icon="search" title={words.column.nothingFits}>
            {filter && (
              <Button size="small" onClick={onClear}>
                {words.column.clearFilter}
              </Button>
            )}
          </Blank>
        </AppList>
      )}
    </>
  );
}

/** While something is looked for: how much of the team is shown. */
function Numbers({ apps, filter }: { apps: AppView[]; filter: string }) {
  const words = useWords();
  const search = useStore((state) => state.search);
  const found = useMemo(() => counted(apps, [filter, search]), [apps, filter, search]);
  return (
    <p className={found ? "column-numbers num" : "hidden"} role="status">
      {found && words.layout.found(found)}
    </p>
  );
}

function NoTeams({ hidden }: { hidden: number }) {
  const words = useWords();
  return (
    <div className="column-body">
      <Blank icon="cluster" title={words.column.noTeams}>
        <span>{words.column.noTeamsHint}</span>
        {hidden > 0 && <span className="t3">{words.column.hiddenTeams(hidden)}</span>}
      </Blank>
    </div>
  );
}
