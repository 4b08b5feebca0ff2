/** What differs at the target: first what nobody had said, then what the plan had announced. */
import type { Difference, ReportView } from "../../ipc/generated/contract";
import { Differences, Icon } from "../../parts";
import { useWords, type Words } from "../../strings";

export function ReportDifferences({ report }: { report: ReportView }) {
  const words = useWords();
  const say = words.official.after;
  const { announced, differences } = report;
  if (announced.length + differences.length === 0) return null;
  return (
    <section className="ruled" aria-label={say.differs} data-report="differences">
      {differences.length > 0 && (
        <>
          <div className="difference-title">
            <Icon name="warn" tone="warn" />
            <b>{say.unexpectedHint(differences.length)}</b>
            <span className="tag warn">{say.unexpected}</span>
          </div>
          <Differences list={differences} left={words.official.storage.was} right={words.official.storage.is} />
        </>
      )}
      {announced.length > 0 && (
        <details className="folding announced" open={differences.length === 0 && announced.length <= 8}>
          <summary className="fold">
            <Icon name="chevron" />
            <span>{say.announcedCount(announced.length)}</span>
            <span className="tag">{say.announced}</span>
          </summary>
          <Differences list={announced} left={words.official.storage.was} right={words.official.storage.is} />
        </details>
      )}
    </section>
  );
}

export function differenceTexts(report: ReportView, words: Words): string[] {
  const say = words.official.after;
  const text = (one: Difference) => {
    const where = [one.component || words.official.compare.app, words.official.aspect[one.aspect], one.what];
    const side = (value: string | null) => value ?? words.official.compare.absent;
    return `- ${where.filter(Boolean).join(" · ")}${words.colon}${side(one.left)} → ${side(one.right)}`;
  };
  const part = (title: string, list: Difference[]) => (list.length > 0 ? [`${title}${words.colon}`, ...list.map(text)] : []);
  return [...part(say.unexpected, report.differences), ...part(say.announced, report.announced)];
}
