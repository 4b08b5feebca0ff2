/** The drawer of jobs: the queue on the left, the chosen job on the right. */
import { useMemo, useState } from "react";
import { Blank, IconButton, Segmented, useNow } from "../../parts";
import { orderedJobs } from "../../state/board";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { rate } from "../../strings/format";
import { JobDetail } from "./JobDetail";
import { QuietNote } from "./QuietNote";
import { TransferRow } from "./TransferRow";
import { fitsFilter, isLive, type JobFilter } from "./words";

const FILTERS: JobFilter[] = ["all", "running", "waiting", "failed", "ended"];

export function Drawer() {
  const words = useWords();
  const act = useAct();
  const byId = useStore((state) => state.jobs);
  const chosen = useStore((state) => state.job);
  const [filter, setFilter] = useState<JobFilter>("all");
  const jobs = useMemo(() => orderedJobs(byId), [byId]);
  const queue = useMemo(() => jobs.filter((job) => job.state === "queued").map((job) => job.id), [jobs]);
  const shown = jobs.filter((job) => fitsFilter(job, filter));
  const now = useNow(jobs.some(isLive));
  const selected = (chosen && byId[chosen]) || shown[0] || null;
  const total = jobs.reduce((sum, job) => sum + (job.state === "running" ? job.bytes_per_sec : 0), 0);

  return (
    <section className="drawer" aria-label={words.transfers.title}>
      <header className="drawer-head">
        <IconButton icon="down" size="small" label={words.transfers.collapse} aria-expanded={true} onClick={act.toggleDrawer} />
        <h2>{words.transfers.title}</h2>
        {jobs.length > 0 && (
          <Segmented
            label={words.transfers.filter}
            value={filter}
            choices={FILTERS.map((value) => ({
              value,
              label: words.transfers[value],
              count: jobs.filter((job) => fitsFilter(job, value)).length,
            }))}
            onPick={setFilter}
          />
        )}
        <span className="grow" />
        <QuietNote now={now} />
        {total > 0 && <span className="small t2 num">{words.transfers.inAll(rate(total))}</span>}
      </header>
      {jobs.length === 0 ? (
        <Blank icon="swap" title={words.transfers.none}>
          <span>{words.transfers.noneHint}</span>
        </Blank>
      ) : (
        <div className="drawer-body">
          <ol className="jobs" aria-label={words.transfers.list}>
            {shown.map((job) => (
              <TransferRow key={job.id} job={job} isSelected={job.id === selected?.id} now={now} queue={queue} />
            ))}
            {shown.length === 0 && (
              <li className="blank">
                <span>{words.transfers.noneOfThese}</span>
              </li>
            )}
          </ol>
          {selected && <JobDetail key={selected.id} job={selected} now={now} />}
        </div>
      )}
    </section>
  );
}
