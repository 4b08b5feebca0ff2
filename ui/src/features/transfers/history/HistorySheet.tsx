/** Every job that has ended, as far as it was not taken out of the list: found again, read once more, kept as a table. */
import { useMemo, useState } from "react";
import { asProblem } from "../../../ipc/client";
import type { HistoryFormat, JobView, Problem, SavedReport } from "../../../ipc/generated/contract";
import { Blank, Button, Cut, Icon, ListButton, SearchField, Segmented, Select, Sheet, useNow, VirtualList } from "../../../parts";
import { EVERY_JOB, type HistoryChoice } from "../../../state/model";
import { useAct, useStore } from "../../../state/session";
import { useWords } from "../../../strings";
import { NotSaved } from "../SaveReport";
import { HistoryHeads, HistoryLine, textOf } from "./HistoryLine";
import { clustersOf, type EndedState, endedJobs, fitsState, fitting, isNarrowed, SPANS, STATES } from "./rows";

const keyOf = (job: JobView) => job.id;
const heightOf = () => 44;

export function HistorySheet({ choice }: { choice: HistoryChoice }) {
  const words = useWords();
  const act = useAct();
  const say = words.history;
  const byId = useStore((state) => state.jobs);
  const now = useNow(false);
  const all = useMemo(() => endedJobs(Object.values(byId)), [byId]);
  const near = useMemo(() => fitting(all, choice, now, textOf(words)), [all, choice, now, words]);
  const rows = useMemo(() => near.filter((job) => fitsState(job, choice.state)), [near, choice.state]);
  const change = (part: Partial<HistoryChoice>) => act.openSheet({ kind: "history", choice: { ...choice, ...part } });
  return (
    <Sheet
      icon="history"
      width={1040}
      title={say.title}
      hint={say.hint(rows.length, all.length)}
      onClose={act.closeSheet}
      foot={
        <>
          <Export rows={rows} />
          <span className="grow" />
          <Button size="large" onClick={act.closeSheet}>
            {words.common.close}
          </Button>
        </>
      }
    >
      <div className="all-backups" data-history={rows.length}>
        <Filters near={near} all={all} choice={choice} onChange={change} />
        {rows.length > 0 && <HistoryHeads />}
        <div className="all-list">
          {rows.length > 0 ? (
            <VirtualList
              label={say.title}
              rows={rows}
              keyOf={keyOf}
              heightOf={heightOf}
              draw={(job) => <HistoryLine job={job} now={now} />}
            />
          ) : isNarrowed(choice) ? (
            <Blank icon="search" title={say.nothingFits}>
              <Button size="small" onClick={() => change(EVERY_JOB)}>
                {words.official.all.clear}
              </Button>
            </Blank>
          ) : (
            <Blank icon="history" title={say.none}>
              <span>{say.noneHint}</span>
            </Blank>
          )}
        </div>
      </div>
    </Sheet>
  );
}

interface FiltersProps {
  near: JobView[];
  all: JobView[];
  choice: HistoryChoice;
  onChange: (part: Partial<HistoryChoice>) => void;
}

function Filters({ near, all, choice, onChange }: FiltersProps) {
  const words = useWords();
  const say = words.history;
  return (
    <div className="all-filters">
      <SearchField label={say.search} value={choice.search} onText={(search) => onChange({ search })} />
      <Segmented<EndedState>
        label={say.state}
        value={choice.state}
        choices={STATES.map((value) => ({
          value,
          label: value === "any" ? say.any : words.jobState[value],
          count: near.filter((job) => fitsState(job, value)).length,
        }))}
        onPick={(state) => onChange({ state })}
      />
      <Select
        label={say.cluster}
        value={choice.cluster ?? ""}
        options={[{ value: "", label: say.everyCluster }, ...clustersOf(all).map((name) => ({ value: name, label: name }))]}
        onPick={(name) => onChange({ cluster: name === "" ? null : name })}
      />
      <Select
        label={say.time}
        value={choice.days === null ? "" : String(choice.days)}
        options={[
          { value: "", label: say.anyTime },
          ...SPANS.map((days) => ({ value: String(days), label: say.lastDays(days) })),
        ]}
        onPick={(days) => onChange({ days: days === "" ? null : Number(days) })}
      />
    </div>
  );
}

const FORMATS: HistoryFormat[] = ["csv", "json"];

/** What the list shows now, as a file. */
function Export({ rows }: { rows: JobView[] }) {
  const words = useWords();
  const act = useAct();
  const say = words.history;
  const [saved, setSaved] = useState<SavedReport | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (format: HistoryFormat) => {
    setSaved(null);
    setProblem(null);
    try {
      setSaved(await act.rpc("save_history_as", { format, jobs: rows.map((job) => job.id), path: null }));
    } catch (failure) {
      setProblem(asProblem(failure));
    }
  };
  const name = saved?.path.split(/[\\/]/).pop() ?? "";
  return (
    <>
      <ListButton
        look="quiet"
        icon="bundle"
        disabled={rows.length === 0}
        items={FORMATS.map((format) => ({ label: say.saveAs[format], icon: "bundle", run: () => void save(format) }))}
      >
        {say.export}
      </ListButton>
      {saved && (
        <span className="small t2 pair report-saved" role="status" data-report-saved={saved.path}>
          <Icon name="pass" tone="ok" />
          <Cut>{words.official.after.savedAs(name)}</Cut>
          <button type="button" className="link small" onClick={() => act.reveal(saved.path)}>
            {words.report.reveal}
          </button>
        </span>
      )}
      {problem && <NotSaved problem={problem} />}
    </>
  );
}
