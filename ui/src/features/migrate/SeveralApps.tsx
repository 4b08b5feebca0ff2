/** The apps of a team, to be chosen for a backup; beside each what its plan says. */
import type { AppId, AppView, Problem, SelectionRow } from "../../ipc/generated/contract";
import { Button, Checkbox, Icon, ProblemNote, useProblemWords } from "../../parts";
import { say as sayLine, useWords } from "../../strings";

interface Props {
  apps: AppView[];
  chosen: ReadonlySet<AppId>;
  rows: SelectionRow[];
  problem: Problem | null;
  onChoose: (chosen: ReadonlySet<AppId>) => void;
}

export function SeveralApps({ apps, chosen, rows, problem, onChoose }: Props) {
  const words = useWords();
  const say = words.official.several;
  const whole = apps.filter((app) => app.component_count > 0);
  const isAll = whole.every((app) => chosen.has(app.id));
  const put = (id: AppId, isOn: boolean) => {
    const next = new Set(chosen);
    if (isOn) next.add(id);
    else next.delete(id);
    onChoose(next);
  };
  return (
    <section className="several" aria-label={say.apps}>
      <div className="tally">
        <h2>{say.apps}</h2>
        <span className="count">{`${chosen.size} / ${whole.length}`}</span>
        <span className="grow" />
        <Button size="small" look="quiet" onClick={() => onChoose(isAll ? new Set() : new Set(whole.map((app) => app.id)))}>
          {isAll ? say.none : say.all}
        </Button>
      </div>
      {problem && (
        <div className="pad">
          <ProblemNote problem={problem} title={say.failed} />
        </div>
      )}
      <ul>
        {apps.map((app) => (
          <li key={app.id} className="several-row" data-several={app.name}>
            {app.component_count === 0 ? (
              <p className="small t3">{`${app.name} · ${say.empty}`}</p>
            ) : (
              <Checkbox checked={chosen.has(app.id)} onCheck={(isOn) => put(app.id, isOn)}>
                {app.name}
                <span className="small t3 under">{words.common.components(app.component_count)}</span>
              </Checkbox>
            )}
            {chosen.has(app.id) && <Verdict row={rows.find((one) => one.app === app.id) ?? null} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Verdict({ row }: { row: SelectionRow | null }) {
  const words = useWords();
  const say = words.official.several;
  if (!row) return null;
  if (row.problem) return <Refused problem={row.problem} />;
  const checks = row.plan?.checks ?? [];
  const blocks = checks.filter((check) => check.level === "block");
  const warnings = checks.filter((check) => check.level === "warn");
  if (blocks.length > 0)
    return (
      <>
        {blocks.map((check) => (
          <p key={check.id + check.line.code} className="several-verdict small bad" data-check-level="block">
            <Icon name="block" tone="bad" />
            <span>{sayLine(words, check.line)}</span>
          </p>
        ))}
      </>
    );
  return (
    <p
      className={`several-verdict small ${warnings.length > 0 ? "warn" : "ok"}`}
      data-check-level={warnings.length > 0 ? "warn" : "pass"}
      title={warnings.map((check) => sayLine(words, check.line)).join("\n")}
    >
      <Icon name={warnings.length > 0 ? "warn" : "pass"} tone={warnings.length > 0 ? "warn" : "ok"} />
      <span>{warnings.length > 0 ? say.warnings(warnings.length) : say.ready}</span>
    </p>
  );
}

function Refused({ problem }: { problem: Problem }) {
  const said = useProblemWords(problem);
  return (
    <p className="several-verdict small bad" data-check-level="block" title={said.text}>
      <Icon name="block" tone="bad" />
      <span>{said.title}</span>
    </p>
  );
}
