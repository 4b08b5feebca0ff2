/** What a finished job brought, and what it did not. */
import type { JobId, JobView, ReportView } from "../../ipc/generated/contract";
import { Button, CopyButton, Fact, PlaceLabel, placeName, Sheet, Steps, shortPlaceName, useNow } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { say, useWords, type Words } from "../../strings";
import { duration, fullTime, secondsBetween } from "../../strings/format";
import { AfterReport } from "./AfterReport";
import { DeleteOriginal } from "./DeleteOriginal";
import { jobSteps } from "./jobSteps";
import { OpenApp } from "./OpenApp";
import { differenceTexts, ReportDifferences } from "./ReportDifferences";
import { SaveReport } from "./SaveReport";

export function ReportSheet({ id }: { id: JobId }) {
  const job = useStore((state) => state.jobs[id]);
  return job?.report ? <ReportBody job={job} report={job.report} /> : null;
}

export function reportTitle(job: JobView, report: ReportView, words: Words): string {
  const target = shortPlaceName(job.target, words);
  switch (job.kind) {
    case "migrate":
    case "import":
    case "restore":
      return report.missing.length > 0
        ? words.report.arrivedMissing(job.app_name, target, report.missing.length)
        : words.report.arrived(job.app_name, target);
    case "export":
      return words.report.exported(job.app_name);
    case "backup":
      return words.report.backedUp(job.app_name);
    case "verify":
      return words.report.verified(job.app_name);
    case "copy":
      return words.report.done(words.jobKind.copy, job.app_name);
  }
}

function ReportBody({ job, report }: { job: JobView; report: ReportView }) {
  const words = useWords();
  const act = useAct();
  const now = useNow(false);
  const { path, cluster, team, app_id: app, backup_id: backup } = report;
  const took = job.started_at && job.ended_at ? duration(secondsBetween(job.started_at, job.ended_at), words.time) : "";
  const summary = [
    reportTitle(job, report, words),
    `${words.report.arrivedList}${words.colon}`,
    ...report.arrived.map((line) => `- ${say(words, line)}`),
    `${words.report.missing}${words.colon}`,
    ...report.missing.map((line) => `- ${say(words, line)}`),
    ...(report.due.length > 0 ? [`${words.official.after.byHand}${words.colon}`] : []),
    ...report.due.map((line) => `- ${say(words, line)}`),
    ...differenceTexts(report, words),
  ].join("\n");
  const isWhole = report.missing.length === 0 && report.differences.length === 0;
  return (
    <Sheet
      icon={isWhole ? "pass" : "differs"}
      iconTone={isWhole ? "ok" : "warn"}
      width={880}
      environment={job.target.kind === "team" ? job.target.environment : null}
      title={reportTitle(job, report, words)}
      hint={
        <span className="place num">
          {job.ended_at && <span>{fullTime(job.ended_at)}</span>}
          {took && <span>{`· ${took} ·`}</span>}
          <PlaceLabel place={job.source} />
          <span>→</span>
          <PlaceLabel place={job.target} />
        </span>
      }
      onClose={act.closeSheet}
      foot={
        <>
          <CopyButton text={summary} label={words.common.copy} />
          <SaveReport job={job.id} />
          <span className="grow" />
          {cluster !== null && team !== null && app !== null && <OpenApp app={{ cluster, team, app }} />}
          {path !== null && (
            <Button size="large" icon="folder" onClick={() => act.reveal(path)}>
              {words.report.reveal}
            </Button>
          )}
          {cluster !== null && team !== null && app !== null && backup !== null && (
            <Button
              size="large"
              onClick={() => {
                act.pickTeam(cluster, team);
                act.select({ kind: "backup", cluster, team, app, backup });
                act.closeSheet();
              }}
            >
              {words.report.show}
            </Button>
          )}
          <Button size="large" look="primary" data-autofocus onClick={act.closeSheet}>
            {words.report.finish}
          </Button>
        </>
      }
    >
      <div className="pad">
        <Steps steps={jobSteps(job, now, words)} />
      </div>
      <div className="halves ruled">
        <div className="pad" data-report="arrived">
          <h2 className="heading">{words.report.arrivedList}</h2>
          {report.arrived.map((line) => (
            <Fact key={line.code + line.message} icon="pass" tone="ok">
              {say(words, line)}
            </Fact>
          ))}
          {report.sha256 && (
            <dl className="pairs spaced">
              <dt>SHA-256</dt>
              <dd className="mono break">{report.sha256}</dd>
            </dl>
          )}
          {path !== null && (
            <dl className="pairs">
              <dt>{words.report.file}</dt>
              <dd className="mono break">{path}</dd>
            </dl>
          )}
        </div>
        <div className="pad" data-report="missing">
          <h2 className="heading">{words.report.missing}</h2>
          {report.missing.length === 0 && (
            <Fact icon="pass" tone="ok">
              {words.report.nothingMissing}
            </Fact>
          )}
          {report.missing.map((line) => (
            <Fact key={line.code + line.message} icon="minus" tone="warn">
              {say(words, line)}
            </Fact>
          ))}
        </div>
      </div>
      <ReportDifferences report={report} />
      <AfterReport job={job} report={report} />
      {report.original && <DeleteOriginal job={job.id} original={report.original} />}
      <p className="hidden">{placeName(job.target, words)}</p>
    </Sheet>
  );
}
