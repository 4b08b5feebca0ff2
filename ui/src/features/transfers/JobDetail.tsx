/** The chosen job: its steps, what was measured, what it left behind, and its log. */
import { useEffect, useRef, useState } from "react";
import type { JobView } from "../../ipc/generated/contract";
import { Button, EnvTag, Fact, placeName, Steps, shortPlaceName } from "../../parts";
import { useAct } from "../../state/session";
import { say, useWords } from "../../strings";
import { clock, rate } from "../../strings/format";
import { jobSteps } from "./jobSteps";
import { isLive } from "./words";

export function JobDetail({ job, now }: { job: JobView; now: Date }) {
  const words = useWords();
  const act = useAct();
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
      <h3 className="heading">{words.transfers.log}</h3>
      {job.log.length === 0 ? (
        <p className="small t3">{words.transfers.noLog}</p>
      ) : (
        <ol className="log">
          {job.log.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows
            <li key={index}>
              <time dateTime={line.at}>{clock(line.at)}</time>
              <span className="cut" title={say(words, line.line)}>
                {say(words, line.line)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const KEPT = 60;

/** Rates as they were measured while this job was looked at; nothing before, nothing between. */
function Throughput({ job }: { job: JobView }) {
  const words = useWords();
  const [samples, setSamples] = useState<number[]>([]);
  const last = useRef(job.done_bytes);
  useEffect(() => {
    if (job.state !== "running" || job.bytes_per_sec === 0 || job.done_bytes === last.current) return;
    last.current = job.done_bytes;
    setSamples((before) => [...before.slice(1 - KEPT), job.bytes_per_sec]);
  }, [job]);
  if (samples.length < 3) return null;
  const peak = Math.max(...samples);
  const points = samples.map(
    (value, index) => `${((index / (KEPT - 1)) * 440).toFixed(1)} ${(62 - (value / peak) * 56).toFixed(1)}`,
  );
  const right = (((samples.length - 1) / (KEPT - 1)) * 440).toFixed(1);
  return (
    <div className="throughput">
      <div className="small">
        <span className="t2">{words.transfers.throughput}</span>
        <span className="num">
          <b>{rate(job.bytes_per_sec)}</b> <span className="t3">{words.transfers.peak(rate(peak))}</span>
        </span>
      </div>
      <svg className="graph" viewBox="0 0 440 64" preserveAspectRatio="none" aria-hidden="true">
        <path className="graph-line" d="M0 62.5H440" />
        <path className="graph-area" d={`M0 62L${points.join("L")}L${right} 62Z`} />
        <path className="graph-rate" d={`M${points.join("L")}`} />
      </svg>
    </div>
  );
}
