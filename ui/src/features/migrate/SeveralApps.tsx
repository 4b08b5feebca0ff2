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
  if (!row) return null;
  if (row.problem) return <Refused problem={row.problem} />;
  const checks = row.plan?.checks ?? [];
  const blocks = checks.filter((check) => check.level === "block");
  const warnings = checks.filter((check) => check.level === "warn");
  if (blocks.length + warnings.length === 0)
    return (
      <p className="several-verdict small ok" data-check-level="pass">
        <Icon name="pass" tone="ok" />
        <span>{words.official.several.ready}</span>
      </p>
    );
  return (
    <>
      {[...blocks, ...warnings].map((check) => (
        <p
          key={check.id + check.line.code}
          className={`several-verdict small ${check.level === "block" ? "bad" : "t2"}`}
          data-check-level={check.level}
        >
          <Icon name={check.level === "block" ? "block" : "warn"} tone={check.level === "block" ? "bad" : "warn"} />
          <span>{sayLine(words, check.line)}</span>
        </p>
      ))}
    </>
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
