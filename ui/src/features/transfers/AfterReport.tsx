/** What is left to a person after a job: gateway rules by old and new address, and what is to be done by hand. */
import type { GatewayTodo, JobReport, JobView, Line, ReportView } from "../../ipc/generated/contract";
import { Fact, Icon, useAnswer } from "../../parts";
import { useAct } from "../../state/session";
import { say as put, useWords, type Words } from "../../strings";
import { fill } from "../../strings/say";

export function AfterReport({ job, report }: { job: JobView; report: ReportView }) {
  const act = useAct();
  const { answer } = useAnswer(`${job.id} ${job.ended_at} ${report.original?.deleted ?? ""}`, () =>
    act.rpc("job_report", job.id),
  );
  return (
    <>
      {answer && answer.gateway.length > 0 && <Addresses rows={answer.gateway} />}
      <ByHand report={report} warned={answer?.by_hand ?? []} />
    </>
  );
}

function Addresses({ rows }: { rows: GatewayTodo[] }) {
  const words = useWords();
  const say = words.official.after;
  return (
    <section className="ruled" aria-label={say.addresses} data-report="addresses">
      <div className="difference-title">
        <Icon name="globe" tone="t2" />
        <b>{say.addresses}</b>
        <span className="small t2">{say.addressesHint}</span>
      </div>
      <table className="differences addresses">
        <thead>
          <tr>
            <th scope="col">{words.official.aspect.component}</th>
            <th scope="col">{say.oldAddress}</th>
            <th scope="col">{say.newAddress}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.component + row.old}>
              <td className="difference-where">{row.component}</td>
              <td className="mono">{row.old}</td>
              <td className="mono">{row.new.length > 0 ? row.new.join(words.comma) : say.noAddress}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What did not arrive and a person can do something about, what is left to do, and what the plan had warned of. */
function ByHand({ report, warned }: { report: ReportView; warned: JobReport["by_hand"] }) {
  const words = useWords();
  const todo: Todo[] = [
    ...report.missing.flatMap((line) => advice(line, words)),
    ...report.due.map((line) => ({ text: put(words, line) })),
    ...warned.flatMap(({ about, fix }) => (fix ? [{ text: put(words, fix), hint: put(words, about) }] : [])),
  ];
  if (todo.length === 0) return null;
  return (
    <section className="pad ruled" aria-label={words.official.after.byHand} data-report="by-hand">
      <h2 className="heading">{words.official.after.byHand}</h2>
      {todo.map(({ text, hint }) => (
        <Fact key={`${text} ${hint}`} icon="right" tone="acc" hint={hint}>
          {text}
        </Fact>
      ))}
    </section>
  );
}

interface Todo {
  text: string;
  /** What it is about. */
  hint?: string;
}

function advice(line: Line, words: Words): Todo[] {
  const text = words.official.byHand[line.code];
  return text ? [{ text: fill(text, line.facts, words) }] : [];
}
