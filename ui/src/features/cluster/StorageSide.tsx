/** Beside the fields of an object storage: its test, step by step, what was saved, and what the setting means. */
import type { StorageChangeView, StorageStepView, StorageTestView, StorageView } from "../../ipc/generated/contract";
import { Button, Fact, Icon, Note, ProblemDetails, Spinner, useProblemWords } from "../../parts";
import { say as sayLine, useWords } from "../../strings";

interface Props {
  view: StorageView;
  test: StorageTestView | null;
  testing: boolean;
  canTest: boolean;
  saved: StorageChangeView | null;
  onTest: () => void;
}

export function StorageSide({ view, test, testing, canTest, saved, onTest }: Props) {
  const words = useWords();
  const say = words.official.storage;
  const failed = test?.steps.find((step) => step.problem !== null);
  return (
    <section className="pad ladder-side stack" aria-label={say.testTitle} aria-busy={testing}>
      <div className="ladder-head">
        <h2>{say.testTitle}</h2>
        {test && (
          <span className={`tag ${failed ? "bad" : "ok"}`} role="status">
            {failed ? say.fails(words.official.storageStep[failed.name]) : say.works}
          </span>
        )}
        <span className="grow" />
        <Button size="small" icon="retry" disabled={!canTest} onClick={onTest}>
          {test ? say.testAgain : say.test}
        </Button>
      </div>
      {testing && (
        <p className="pair small t2" role="status">
          <Spinner />
          {say.testing}
        </p>
      )}
      {!test && !testing && <p className="small t3">{say.testHint}</p>}
      {test && (
        <ol className="ladder">
          {test.steps.map((step) => (
            <Step key={step.name} step={step} />
          ))}
        </ol>
      )}
      {saved && <Saved change={saved} />}
      {view.notes.length > 0 && (
        <div>
          <h3 className="heading">{say.means}</h3>
          {view.notes.map((line) => (
            <Fact key={line.code + line.message} icon="info" tone="t3">
              {sayLine(words, line)}
            </Fact>
          ))}
        </div>
      )}
    </section>
  );
}

function Step({ step }: { step: StorageStepView }) {
  const words = useWords();
  return (
    <li className="rung" data-storage-step={step.name} data-step-works={step.problem === null}>
      <Icon name={step.problem ? "block" : "pass"} tone={step.problem ? "bad" : "ok"} />
      <b className="whole">{words.official.storageStep[step.name]}</b>
      {step.problem && <Remedy problem={step.problem} />}
    </li>
  );
}

function Remedy({ problem }: { problem: NonNullable<StorageStepView["problem"]> }) {
  const said = useProblemWords(problem);
  return (
    <div className="fixbox">
      <b>{said.title}</b>
      {said.text && <p>{said.text}</p>}
      <p>{said.remedy}</p>
      <ProblemDetails problem={problem} />
    </div>
  );
}

function Saved({ change: { before, after } }: { change: StorageChangeView }) {
  const words = useWords();
  const say = words.official.storage;
  const line = (view: StorageView) => (view.is_set ? `${view.kind.toUpperCase()} · ${view.endpoint} · ${view.bucket}` : "—");
  return (
    <Note tone="ok" icon="pass">
      <b role="status">{say.saved}</b>
      <dl className="pairs">
        <dt>{say.was}</dt>
        <dd className="mono break">{line(before)}</dd>
        <dt>{say.is}</dt>
        <dd className="mono break">{line(after)}</dd>
      </dl>
    </Note>
  );
}
