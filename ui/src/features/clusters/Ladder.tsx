/** The connection test, rung by rung: the first that fails says what to do; later ones were not tried. */
import type { RungView, TestView } from "../../ipc/generated/contract";
import { Button, Icon, type IconName, ProblemDetails, Spinner, useProblemWords } from "../../parts";
import { useWords } from "../../strings";

interface Props {
  test: TestView | null;
  testing: boolean;
  canTest: boolean;
  onTest: () => void;
  /** The certificate that the address shows and nobody vouches for, by its fingerprint. */
  shown: string | null;
  onTrust: (fingerprint: string) => void;
}

export function Ladder({ test, testing, canTest, onTest, shown, onTrust }: Props) {
  const words = useWords();
  const failed = test?.rungs.find((rung) => rung.state.kind === "failed");
  return (
    <section className="pad ladder-side" aria-label={words.connect.testTitle} aria-busy={testing}>
      <div className="ladder-head">
        <h2>{words.connect.testTitle}</h2>
        {test && (
          <span className={`tag ${failed ? "bad" : "ok"}`} role="status">
            {failed ? words.connect.failsAt(words.rung[failed.name]) : words.connect.allPass}
          </span>
        )}
        <span className="grow" />
        <Button size="small" icon="retry" disabled={!canTest} onClick={onTest}>
          {test ? words.connect.testAgain : words.connect.test}
        </Button>
      </div>
      {testing && (
        <p className="pair small t2" role="status">
          <Spinner />
          {words.connect.testing}
        </p>
      )}
      {!test && !testing && <p className="small t3">{words.connect.testHint}</p>}
      {test && (
        <>
          <ol className="ladder">
            {test.rungs.map((rung) => (
              <Rung key={rung.name} rung={rung} />
            ))}
          </ol>
          {shown && (
            <div className="fixbox" data-fingerprint={shown}>
              <p>{words.connect.untrusted}</p>
              <p className="mono break">{shown}</p>
              <p>{words.connect.compare}</p>
              <Button size="small" icon="lock" onClick={() => onTrust(shown)}>
                {words.connect.trustThis}
              </Button>
            </div>
          )}
          {test.version && test.regions.length > 0 && (
            <p className="small t2">{words.connect.found(test.version, test.regions.join(words.comma), test.teams.length)}</p>
          )}
        </>
      )}
    </section>
  );
}

const SIGNS: Record<RungView["state"]["kind"], { icon: IconName; tone: string }> = {
  passed: { icon: "pass", tone: "ok" },
  failed: { icon: "block", tone: "bad" },
  not_tried: { icon: "minus", tone: "t3" },
};

function Rung({ rung }: { rung: RungView }) {
  const words = useWords();
  const { state } = rung;
  const sign = SIGNS[state.kind];
  return (
    <li className="rung" data-rung={rung.name} data-rung-state={state.kind}>
      <Icon name={sign.icon} tone={sign.tone} />
      <b>{words.rung[rung.name]}</b>
      <span className="t2 break">
        {state.kind === "passed" && state.detail}
        {state.kind === "failed" && <FailedWord problem={state.problem} />}
        {state.kind === "not_tried" && words.connect.notTried}
      </span>
      <span className="ms">{state.kind === "not_tried" || rung.took_ms === 0 ? "" : `${rung.took_ms} ms`}</span>
      {state.kind === "failed" && <Remedy problem={state.problem} />}
    </li>
  );
}

type Failure = Extract<RungView["state"], { kind: "failed" }>["problem"];

function FailedWord({ problem }: { problem: Failure }) {
  return <span className="bad">{useProblemWords(problem).title}</span>;
}

function Remedy({ problem }: { problem: Failure }) {
  const said = useProblemWords(problem);
  return (
    <div className="fixbox">
      {said.text && <p>{said.text}</p>}
      <p>{said.remedy}</p>
      <ProblemDetails problem={problem} />
    </div>
  );
}
