/** All backups of a cluster, over every team, those of deleted apps included. */
import { useMemo } from "react";
import type { BackupMode, BackupRow, ClusterId } from "../../ipc/generated/contract";
import {
  Blank,
  Button,
  EnvTag,
  ProblemNote,
  SearchField,
  Segmented,
  Select,
  Sheet,
  useAnswer,
  VirtualList,
  Waiting,
} from "../../parts";
import { clusterById } from "../../state/board";
import { type BackupsChoice, EVERY_BACKUP } from "../../state/model";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { bytes } from "../../strings/format";
import { BackupLine, LineHeads } from "./BackupLine";
import { fitsStatus, fitting, isNarrowed, ordered, STATUSES, type StatusFilter } from "./rows";

const keyOf = (row: BackupRow) => `${row.team} ${row.backup.id}`;
const ROW = 44;
const heightOf = () => ROW;

export function AllBackupsSheet({ cluster: id, choice }: { cluster: ClusterId; choice: BackupsChoice }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.all;
  const cluster = useStore((state) => clusterById(state.consoles, id));
  const { answer, problem, busy, again } = useAnswer(id, () => act.rpc("list_backups", { cluster: id, team: null }));
  const change = (part: Partial<BackupsChoice>) =>
    act.openSheet({ kind: "backups", cluster: id, choice: { ...choice, ...part } });
  const near = useMemo(() => fitting(answer?.rows ?? [], choice), [answer, choice]);
  const rows = useMemo(
    () =>
      ordered(
        near.filter((row) => fitsStatus(row, choice.status)),
        choice,
      ),
    [near, choice],
  );
  if (!cluster) return null;
  const size = rows.reduce((sum, row) => sum + row.backup.size_bytes, 0);
  return (
    <Sheet
      icon="box"
      width={1040}
      environment={cluster.environment}
      title={
        <>
          <span className="cut">{say.title(cluster.name)}</span>
          <EnvTag environment={cluster.environment} />
        </>
      }
      hint={answer ? say.hint(rows.length, answer.rows.length, bytes(size)) : say.reading}
      onClose={act.closeSheet}
      foot={
        <>
          <Button look="quiet" icon="retry" disabled={busy} onClick={again}>
            {say.again}
          </Button>
          <span className="grow" />
          <Button size="large" onClick={act.closeSheet}>
            {words.common.close}
          </Button>
        </>
      }
    >
      {answer ? (
        <div className="all-backups" data-all-backups={rows.length}>
          <Filters rows={near} choice={choice} teams={cluster.teams} onChange={change} />
          {answer.problems.length > 0 && (
            <div className="all-problems">
              {answer.problems.map((one) => (
                <ProblemNote key={one.code + one.message} problem={one} title={say.partial} />
              ))}
            </div>
          )}
          <LineHeads choice={choice} onChange={change} />
          <div className="all-list">
            {rows.length > 0 ? (
              <VirtualList
                label={say.list}
                rows={rows}
                keyOf={keyOf}
                heightOf={heightOf}
                draw={(row) => <BackupLine row={row} cluster={cluster} />}
              />
            ) : isNarrowed(choice) ? (
              <Blank icon="search" title={say.nothingFits}>
                <Button size="small" onClick={() => change(EVERY_BACKUP)}>
                  {say.clear}
                </Button>
              </Blank>
            ) : (
              <Blank icon="box" title={say.none}>
                <span>{say.noneHint}</span>
              </Blank>
            )}
          </div>
        </div>
      ) : (
        <Waiting busy={say.reading} failed={say.failed} problem={problem} />
      )}
    </Sheet>
  );
}

interface FiltersProps {
  rows: BackupRow[];
  choice: BackupsChoice;
  teams: { name: string; alias: string }[];
  onChange: (part: Partial<BackupsChoice>) => void;
}

function Filters({ rows, choice, teams, onChange }: FiltersProps) {
  const words = useWords();
  const say = words.official.all;
  const names: Record<StatusFilter, string> = {
    any: say.any,
    ready: say.ready,
    running: say.running,
    failed: say.failedOnes,
    gone: say.gone,
  };
  const mode = (value: string): BackupMode | null => (value === "cloud" || value === "local" ? value : null);
  return (
    <div className="all-filters">
      <SearchField label={say.search} value={choice.search} onText={(search) => onChange({ search })} />
      <Segmented<StatusFilter>
        label={say.status}
        value={choice.status}
        choices={STATUSES.map((value) => ({
          value,
          label: names[value],
          count: rows.filter((row) => fitsStatus(row, value)).length,
        }))}
        onPick={(status) => onChange({ status })}
      />
      <Select
        label={say.team}
        value={choice.team ?? ""}
        options={[
          { value: "", label: say.everyTeam },
          ...teams.map(({ name, alias }) => ({ value: name, label: alias || name })),
        ]}
        onPick={(team) => onChange({ team: team === "" ? null : team })}
      />
      <Select
        label={say.mode}
        value={choice.mode ?? ""}
        options={[
          { value: "", label: say.everyMode },
          { value: "cloud", label: words.mode.cloud },
          { value: "local", label: words.mode.local },
        ]}
        onPick={(value) => onChange({ mode: mode(value) })}
      />
    </div>
  );
}
