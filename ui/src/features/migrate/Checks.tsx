/** The checks of a plan: what blocks first, then what warns; what passed is folded. */
import type { CheckView } from "../../ipc/generated/contract";
import { Fact, Fold, Icon } from "../../parts";
import { say, useWords } from "../../strings";

export function Checks({ checks, busy }: { checks: CheckView[]; busy: boolean }) {
  const words = useWords();
  const of = (level: CheckView["level"]) => checks.filter((check) => check.level === level);
  const [blocks, warnings, passed] = [of("block"), of("warn"), of("pass")];
  return (
    <section className="checks" aria-label={words.plan.checks} aria-busy={busy}>
      <div className="tally">
        <h2>{words.plan.checks}</h2>
        <span className="grow" />
        {blocks.length > 0 && (
          <span className="bad">
            <Icon name="block" />
            {words.plan.blocking(blocks.length)}
          </span>
        )}
        {warnings.length > 0 && (
          <span className="warn">
            <Icon name="warn" />
            {words.plan.warnings(warnings.length)}
          </span>
        )}
        <span className="ok">
          <Icon name="pass" />
          {words.plan.passed(passed.length)}
        </span>
      </div>
      {[...blocks, ...warnings].map((check) => (
        <div
          key={check.id + check.line.code}
          className={`check-line ${check.level === "block" ? "block" : "warning"}`}
          data-check-level={check.level}
          data-check={check.id}
        >
          <Icon name={check.level === "block" ? "block" : "warn"} tone={check.level === "block" ? "bad" : "warn"} />
          <div>
            <b>{words.checkName[check.id]}</b>
            <p>{say(words, check.line)}</p>
            {check.fix && <p className="fix">{say(words, check.fix)}</p>}
          </div>
        </div>
      ))}
      {passed.length > 0 && (
        <Fold title={words.plan.passedFold(passed.length)}>
          {passed.map((check) => (
            <div key={check.id + check.line.code} data-check-level="pass" data-check={check.id}>
              <Fact icon="tick" tone="ok">
                {say(words, check.line)}
              </Fact>
            </div>
          ))}
        </Fold>
      )}
    </section>
  );
}
