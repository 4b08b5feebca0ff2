/** One job in the drawer: what goes where, how far it is, and what can be done about it. */
import type { JobId, JobView, ReportFormat } from "../../ipc/generated/contract";
import { Bar, Button, Cut, cx, EnvTag, Icon, IconButton, MenuButton, type MenuItem, placeName, Spinner } from "../../parts";
import { movesOf } from "../../state/board";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";
import { reportItems } from "./SaveReport";
import { howFarLine, isLive, JOB_ICONS, shareDone, timeWords, whatLine } from "./words";

interface RowProps {
  job: JobView;
  isSelected: boolean;
  now: Date;
  /** The waiting jobs in their order. */
  queue: JobId[];
}

export function TransferRow({ job, isSelected, now, queue }: RowProps) {
  const words = useWords();
  const act = useAct();
  const sign = JOB_ICONS[job.state];
  const hasMissing = job.state === "done" && (job.report?.missing.length ?? 0) > 0;
  const target = placeName(job.target, words);
  const showsBar = job.state === "running" || job.state === "cancelling";
  return (
    <li
      className={cx("job", isSelected && "selected", job.state === "failed" && "bad")}
      data-job-id={job.id}
      data-job-state={job.state}
      data-job-kind={job.kind}
      data-app-name={job.app_name}
    >
      {job.paused ? (
        <Icon name="pause" tone="t3" />
      ) : sign.icon === "spin" ? (
        <Spinner />
      ) : (
        <Icon name={hasMissing ? "differs" : sign.icon} tone={hasMissing ? "warn" : sign.tone} />
      )}
      <button
        type="button"
        className="job-name"
        aria-pressed={isSelected}
        aria-label={[`${job.app_name} → ${target}`, whatLine(job, words), howFarLine(job, words)].join(words.comma)}
        onClick={() => act.showJob(job.id)}
      >
        <span className="line-one">
          <b className="cut" title={job.app_name}>
            {job.app_name}
          </b>
          <span className="t3">→</span>
          <Cut>{target}</Cut>
          {job.target.kind === "team" && <EnvTag environment={job.target.environment} />}
        </span>
        <Cut className="line-two">{whatLine(job, words)}</Cut>
      </button>
      <div className="job-far">
        {showsBar && <Bar share={shareDone(job)} label={`${job.app_name} → ${target}`} />}
        <Cut className="line-two message num">{howFarLine(job, words)}</Cut>
      </div>
      <div className="job-time t2">{timeWords(job, now, words)}</div>
      <div className="act">
        <JobButtons job={job} queue={queue} />
      </div>
    </li>
  );
}

function JobButtons({ job, queue }: { job: JobView; queue: JobId[] }) {
  const words = useWords();
  const act = useAct();
  const items: MenuItem[] = [];
  // Without its passphrase it would only fail again: the sheet asks for it.
  const lacksPassphrase = job.problem?.code === "passphrase_missing";
  const retry = () => (lacksPassphrase ? act.openSheet({ kind: "problem", job: job.id }) : void act.retryJob(job.id));
  const moves = movesOf(job.id, queue);
  const move = (before: JobId | null) => () => void act.moveJob(job.id, before);
  if (moves.up !== undefined) items.push({ label: words.transfers.moveUp, icon: "up", run: move(moves.up) });
  if (moves.down !== undefined) items.push({ label: words.transfers.moveDown, icon: "down", run: move(moves.down) });
  if (moves.first !== undefined) items.push({ label: words.transfers.moveFirst, icon: "up", run: move(moves.first) });
  if (moves.last !== undefined) items.push({ label: words.transfers.moveLast, icon: "down", run: move(moves.last) });
  if (job.can_retry) items.push({ label: words.transfers.retry, icon: "retry", run: retry });
  if (job.can_clean) items.push({ label: words.transfers.clean, icon: "trash", run: () => act.cleanJob(job.id) });
  if (!isLive(job)) {
    const save = (format: ReportFormat) =>
      void act.saveReport(job.id, format, words.lang === "zh" ? "zh" : "en").catch(act.notice);
    items.push({ label: words.official.after.saveReport, icon: "bundle", items: reportItems(words, save) });
    items.push({ label: words.transfers.forget, icon: "close", run: () => act.forgetJob(job.id) });
  }
  return (
    <>
      {job.problem && !isLive(job) && (
        <Button size="small" onClick={() => act.openSheet({ kind: "problem", job: job.id })}>
          {words.transfers.problem}
        </Button>
      )}
      {job.state === "done" && job.report && (
        <Button size="small" onClick={() => act.openSheet({ kind: "report", job: job.id })}>
          {words.transfers.report}
        </Button>
      )}
      {(job.can_pause || job.paused) && (
        <IconButton
          icon={job.paused ? "play" : "pause"}
          size="small"
          label={`${job.paused ? words.transfers.goOn : words.transfers.pause}${words.colon}${job.app_name}`}
          onClick={() => (job.paused ? act.unpauseJob(job.id) : act.pauseJob(job.id))}
        />
      )}
      {isLive(job) && (
        <IconButton
          icon="close"
          size="small"
          label={`${words.transfers.cancel}${words.colon}${job.app_name}`}
          disabled={!job.can_cancel || job.state === "cancelling"}
          onClick={() => act.cancelJob(job.id)}
        />
      )}
      {items.length > 0 && <MenuButton icon="dots" size="small" label={words.backup.menu(job.app_name)} items={items} />}
    </>
  );
}
