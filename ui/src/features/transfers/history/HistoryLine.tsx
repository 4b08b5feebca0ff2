/** One ended job: what went where, when, how it ended, and its report. */
import type { JobView } from "../../../ipc/generated/contract";
import { Button, Cut, EnvTag, Icon, MenuButton, type MenuItem, placeName } from "../../../parts";
import { useAct } from "../../../state/session";
import { useWords, type Words } from "../../../strings";
import { fullTime, when } from "../../../strings/format";
import { howFarLine, JOB_ICONS, timeWords } from "../words";
import { endOf } from "./rows";

/** What a search looks into. */
export const textOf = (words: Words) => (job: JobView) =>
  [
    job.app_name,
    placeName(job.source, words),
    placeName(job.target, words),
    words.jobKind[job.kind],
    howFarLine(job, words),
    job.id,
  ].join(" ");

export function HistoryHeads() {
  const words = useWords();
  const say = words.history;
  return (
    <div className="history-row heads">
      <span />
      <span>{say.what}</span>
      <span>{say.outcome}</span>
      <span className="history-time">{say.ended}</span>
      <span className="history-took right">{say.took}</span>
      <span />
    </div>
  );
}

export function HistoryLine({ job, now }: { job: JobView; now: Date }) {
  const words = useWords();
  const act = useAct();
  const say = words.history;
  const missing = job.state === "done" && (job.report?.missing.length ?? 0) > 0;
  const sign = JOB_ICONS[job.state];
  const target = placeName(job.target, words);
  const hasReport = job.state === "done" && job.report !== null;
  const items: MenuItem[] = [
    { label: say.page, icon: "globe", run: () => void act.openReportPage(job.id, words.lang === "zh" ? "zh" : "en") },
    { label: say.showJob, icon: "swap", run: () => act.showJobOnly(job.id) },
    { label: words.transfers.forget, icon: "close", run: () => void act.forgetJob(job.id) },
  ];
  return (
    <div
      className="history-row"
      role="group"
      aria-label={[`${job.app_name} → ${target}`, words.jobKind[job.kind], words.jobState[job.state]].join(words.comma)}
      data-history-job={job.id}
      data-app-name={job.app_name}
    >
      <Icon name={missing ? "differs" : sign.icon === "spin" ? "clock" : sign.icon} tone={missing ? "warn" : sign.tone} />
      <span className="history-what">
        <span className="pair">
          <Cut className="app-name">{job.app_name}</Cut>
          <span className="t3">→</span>
          <Cut>{target}</Cut>
          {job.target.kind === "team" && <EnvTag environment={job.target.environment} />}
        </span>
        <Cut className="small t2">{`${words.jobKind[job.kind]} · ${placeName(job.source, words)}`}</Cut>
      </span>
      <Cut className={job.state === "failed" ? "bad" : missing ? "warn" : "t2"}>{howFarLine(job, words)}</Cut>
      <span className="num t2 history-time" title={fullTime(endOf(job))}>
        {when(fullTime(endOf(job)), now, words.time)}
      </span>
      <span className="num t2 right history-took">{timeWords(job, now, words)}</span>
      <span className="act">
        {hasReport && (
          <Button size="small" data-row onClick={() => act.openSheet({ kind: "report", job: job.id })}>
            {words.transfers.report}
          </Button>
        )}
        {job.problem && (
          <Button size="small" data-row onClick={() => act.openSheet({ kind: "problem", job: job.id })}>
            {words.transfers.problem}
          </Button>
        )}
        <MenuButton
          data-row={hasReport || job.problem ? undefined : true}
          icon="dots"
          size="small"
          label={words.backup.menu(job.app_name)}
          items={items}
        />
      </span>
    </div>
  );
}
