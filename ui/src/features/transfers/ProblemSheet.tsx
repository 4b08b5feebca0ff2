/** What stopped a job: the step, the cause, the ways out, and where things stand on both sides. */
import type { JobId, JobView } from "../../ipc/generated/contract";
import {
  Button,
  CopyButton,
  Fact,
  PassphraseForm,
  PlaceLabel,
  ProblemFacts,
  problemDetails,
  Sheet,
  Steps,
  shortPlaceName,
  useNow,
  useProblemWords,
} from "../../parts";
import { useAct, useStore } from "../../state/session";
import { say, useWords } from "../../strings";
import { jobSteps } from "./jobSteps";
import { SaveReport } from "./SaveReport";
import { currentPhase } from "./words";

export function ProblemSheet({ id }: { id: JobId }) {
  const job = useStore((state) => state.jobs[id]);
  return job?.problem ? <ProblemBody job={job} problem={job.problem} /> : null;
}

function ProblemBody({ job, problem }: { job: JobView; problem: NonNullable<JobView["problem"]> }) {
  const words = useWords();
  const act = useAct();
  const now = useNow(false);
  const said = useProblemWords(problem);
  const failed = currentPhase(job);
  const retryLabel = {
    now: words.problem.retry,
    never: words.problem.retry,
    later: words.problem.retryLater,
    after_fix: words.problem.retryAfterFix,
  }[problem.retry];
  const lacksPassphrase = problem.code === "passphrase_missing" && job.can_retry;
  const give = async (passphrase: string) => {
    await act.unlockJob(job.id, passphrase);
    act.closeSheet();
  };
  const then = (run: (id: JobId) => Promise<void>) => () => {
    act.closeSheet();
    void run(job.id);
  };
  return (
    <Sheet
      icon="block"
      iconTone="bad"
      width={880}
      environment={job.target.kind === "team" ? job.target.environment : null}
      title={said.title}
      hint={
        <span className="place">
          <span>{`${words.jobKind[job.kind]} ${job.app_name}${words.colon}`}</span>
          <PlaceLabel place={job.source} />
          <span>→</span>
          <PlaceLabel place={job.target} />
          {failed && <span>{words.problem.stoppedAt(failed.index + 1, job.phases.length)}</span>}
        </span>
      }
      onClose={act.closeSheet}
      foot={
        <>
          <CopyButton text={problemDetails(problem)} label={words.problem.copyDetails} />
          <SaveReport job={job.id} />
          <span className="grow" />
          {job.can_clean && (
            <Button size="large" onClick={then(act.cleanJob)}>
              {words.problem.clean}
            </Button>
          )}
          <Button size="large" onClick={act.closeSheet}>
            {words.problem.later}
          </Button>
          {job.can_retry && !lacksPassphrase && (
            <Button size="large" look="primary" icon="retry" onClick={then(act.retryJob)}>
              {words.problem.retry}
            </Button>
          )}
        </>
      }
    >
      <div className="pad">
        <Steps steps={jobSteps(job, now, words)} />
      </div>
      <div className="cols2 ruled">
        <div className="pad stack">
          <div>
            <h2 className="heading">{words.problem.cause}</h2>
            <p>{said.text || said.title}</p>
          </div>
          {lacksPassphrase && <PassphraseForm hint={words.passphrase.jobHint} button={words.passphrase.retry} onGive={give} />}
          <div>
            <h2 className="heading">{words.problem.whatToDo}</h2>
            <ul className="ways">
              <li>{said.remedy}</li>
              {job.can_retry && (
                <li>
                  <b>{retryLabel}</b>
                  {words.colon}
                  {words.problem.retryHint}
                </li>
              )}
              {job.can_clean && (
                <li>
                  <b>{words.problem.clean}</b>
                  {words.colon}
                  {words.problem.cleanHint(job.leftovers.filter((one) => one.removable).length)}
                </li>
              )}
            </ul>
          </div>
        </div>
        <div className="pad">
          <h2 className="heading">{words.problem.stands}</h2>
          {job.kind === "migrate" && (
            <Fact icon="pass" tone="ok">
              {words.problem.sourceUntouched(shortPlaceName(job.source, words))}
            </Fact>
          )}
          {job.leftovers.length === 0 && (
            <Fact icon="pass" tone="ok">
              {words.problem.nothingLeft(shortPlaceName(job.target, words))}
            </Fact>
          )}
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
          <h2 className="heading spaced">{words.problem.details}</h2>
          <ProblemFacts problem={problem} />
        </div>
      </div>
    </Sheet>
  );
}
