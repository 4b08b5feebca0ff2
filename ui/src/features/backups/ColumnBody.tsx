/** What a column shows: its list, or why there is none. */
import type { ReactNode } from "react";
import type { Problem } from "../../ipc/generated/contract";
import { Blank, Button, Icon, ProblemDetails, Spinner, useProblemWords } from "../../parts";
import { useWords } from "../../strings";
import { clock } from "../../strings/format";

export function Skeleton() {
  const words = useWords();
  return (
    <div className="column-body" aria-busy="true">
      <p className="hidden" role="status">
        {words.column.reading}
      </p>
      {[3, 2, 2].map((count, group) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
        <div key={group} aria-hidden="true">
          <div className="bone-head">
            <i className="bone" style={{ width: 64 + group * 16 }} />
          </div>
          {Array.from({ length: count }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
            <div className="bone-row" key={row}>
              <i className="bone" />
              <span>
                <i className="bone" style={{ width: `${50 + row * 6}%` }} />
                <i className="bone thin" style={{ width: `${70 - row * 9}%` }} />
              </span>
              <i className="bone" />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

export function Connecting() {
  const words = useWords();
  return (
    <div className="column-body" aria-busy="true">
      <div className="blank" role="status">
        <Spinner />
        <b>{words.column.connecting}</b>
      </div>
    </div>
  );
}

/** The layer is named, the other columns go on. */
export function Unreachable({
  title,
  problem,
  onRetry,
  onEdit,
}: {
  title: string;
  problem: Problem;
  onRetry: () => void;
  onEdit: () => void;
}) {
  const words = useWords();
  const said = useProblemWords(problem);
  return (
    <div className="column-body" data-problem={problem.code}>
      <Blank icon="plug" title={title}>
        <span>{said.title}</span>
        {said.text && <span className="break">{said.text}</span>}
        <span>{said.remedy}</span>
        <span className="t3">{words.column.othersFine}</span>
        <span className="pair">
          <Button icon="retry" onClick={onRetry}>
            {words.common.retry}
          </Button>
          <Button look="quiet" onClick={onEdit}>
            {words.column.edit}
          </Button>
        </span>
        <ProblemDetails problem={problem} />
      </Blank>
    </div>
  );
}

/** A banner above content that is old or not whole. */
export function Banner({
  title,
  problems,
  loadedAt,
  onRetry,
}: {
  title: string;
  problems: Problem[];
  loadedAt: string | null;
  onRetry: () => void;
}) {
  const words = useWords();
  return (
    <div className="note warn banner" role="status">
      <Icon name="warn" />
      <div className="grow small">
        <b>{title}</b>
        {problems.map((problem) => (
          <BannerLine key={`${problem.code} ${problem.message}`} problem={problem} />
        ))}
        {loadedAt && <p className="t2">{words.column.oldContent(clock(loadedAt))}</p>}
        <button type="button" className="link" onClick={onRetry}>
          {words.common.retry}
        </button>
      </div>
    </div>
  );
}

function BannerLine({ problem }: { problem: Problem }) {
  const said = useProblemWords(problem);
  return (
    <div>
      <p>{said.text || said.title}</p>
      <ProblemDetails problem={problem} />
    </div>
  );
}

export function EmptyTeam({ alias, children }: { alias: string; children?: ReactNode }) {
  const words = useWords();
  return (
    <Blank icon="box" title={words.column.emptyTeam(alias)}>
      <span>{words.column.emptyHint}</span>
      {children}
    </Blank>
  );
}
