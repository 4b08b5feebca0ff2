/** The chosen job: its steps, how fast it was, what it left behind, and its log or its steps on a line of time. */
import { useState } from "react";
import type { JobView } from "../../ipc/generated/contract";
import { Button, EnvTag, Fact, placeName, Segmented, Steps, shortPlaceName } from "../../parts";
import { useAct } from "../../state/session";
import { say, useWords } from "../../strings";
import { clock } from "../../strings/format";
import { jobSteps } from "./jobSteps";
import { Throughput } from "./Throughput";
import { Timeline } from "./Timeline";
import { isLive } from "./words";

export function JobDetail({ job, now }: { job: JobView; now: Date }) {
  const words = useWords();
  const act = useAct();
  const [view, setView] = useState<"log" | "timeline">("log");
  return (
    <section className="job-detail" aria-label={words.transfers.detail} data-job-state={job.state}>
      <div className="job-title">
        <b className="cut">{`${job.app_name}${words.colon}${shortPlaceName(job.source, words)} → ${placeName(job.target, words)}`}</b>
        {job.target.kind === "team" && <EnvTag environment={job.target.environment} />}
        <span className="grow" />
        {job.problem && !isLive(job) && (
          <button type="button" className="link small" onClick={() => act.openSheet({ kind: "problem", job: job.id })}>
            {words.transfers.problem}
          </button>
        )}
        {job.report && (
          <button type="button" className="link small" onClick={() => act.openSheet({ kind: "report", job: job.id })}>
            {words.transfers.report}
          </button>
        )}
      </div>
      <Steps steps={jobSteps(job, now, words)} />
      <Throughput job={job} />
      {job.leftovers.length > 0 && (
        <div className="leftovers">
          {job.leftovers.map((leftover) => (
            <Fact
              key={leftover.id}
              icon="minus"
              tone="warn"
              hint={leftover.removable || leftover.line.code === "left_region" ? undefined : words.problem.notRemovable}
            >
              {say(words, leftover.line)}
            </Fact>
          ))}
          {job.can_clean && (
            <Button size="small" icon="trash" onClick={() => act.cleanJob(job.id)}>
              {words.transfers.clean}
            </Button>
          )}
        </div>
      )}
      <Segmented
        className="job-views"
        label={words.watch.views}
        value={view}
        choices={[
          { value: "log", label: words.transfers.log, count: job.log.length },
          { value: "timeline", label: words.watch.timeline, count: job.phases.length },
        ]}
        onPick={setView}
      />
      {view === "log" ? <Log lines={job.log} /> : <Timeline job={job} now={now} />}
    </section>
  );
}

function Log({ lines }: { lines: JobView["log"] }) {
  const words = useWords();
  if (lines.length === 0) return <p className="small t3">{words.transfers.noLog}</p>;
  return (
    <ol className="log">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows
        <li key={index}>
          <time dateTime={line.at}>{clock(line.at)}</time>
          <span className="break">{say(words, line.line)}</span>
        </li>
      ))}
    </ol>
  );
}
