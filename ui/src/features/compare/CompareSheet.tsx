/** Compares a backup with a live app, another backup, or a bundle. */
import { useMemo, useState } from "react";
import type { PlanSource } from "../../ipc/generated/contract";
import { Blank, Button, Differences, Select, Sheet, useAnswer, Waiting } from "../../parts";
import type { NamedSource } from "../../state/model";
import { useAct, useSession, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { candidates } from "./candidates";

interface CompareSheetProps {
  left: PlanSource;
  name: string;
  app: string;
  /** What it is compared with at first; the nearest by name where nobody chose. */
  right?: NamedSource;
}

export function CompareSheet({ left, name, app, right }: CompareSheetProps) {
  const words = useWords();
  const act = useAct();
  const say = words.official.compare;
  const { store } = useSession();
  const columns = useStore((state) => state.columns);
  const choices = useMemo(() => {
    const near = columns && candidates(store.get(), left, app, words);
    const key = right && JSON.stringify(right.source);
    if (!right || !key || near.some((one) => one.key === key)) return near;
    return [{ key, label: right.name, source: right.source }, ...near];
  }, [columns, store, left, app, words, right]);
  const [picked, setPicked] = useState<string | null>(right ? JSON.stringify(right.source) : null);
  const [swapped, setSwapped] = useState(false);
  const other = choices.find((one) => one.key === picked) ?? choices[0] ?? null;
  const [first, second] = swapped && other ? [other.source, left] : [left, other?.source];
  const question = other ? `${swapped} ${JSON.stringify(left)} ${other.key}` : null;
  const { answer, problem, busy } = useAnswer(question, () =>
    second ? act.rpc("compare", { left: first, right: second }) : Promise.reject(new Error(say.nothing)),
  );
  const [leftName, rightName] = swapped && other ? [other.label, name] : [name, other?.label ?? ""];
  const count = answer?.differences.length ?? 0;
  return (
    <Sheet
      icon="differs"
      title={<span className="cut">{`${say.title}${words.colon}${app}`}</span>}
      hint={say.hint}
      onClose={act.closeSheet}
      foot={
        <>
          {answer && !busy && count > 0 && (
            <span className="small t2" role="status">
              {say.count(count)}
            </span>
          )}
          <span className="grow" />
          <Button size="large" onClick={act.closeSheet}>
            {words.common.close}
          </Button>
        </>
      }
    >
      <div className="compare-sides">
        <div>
          <span className="lab">{swapped ? say.right : say.left}</span>
          <b className="cut" title={name}>
            {name}
          </b>
        </div>
        <Button size="small" look="quiet" icon="swap" disabled={!other} onClick={() => setSwapped(!swapped)}>
          {say.swap}
        </Button>
        <div>
          <span className="lab">{swapped ? say.left : say.right}</span>
          <Select
            label={say.with}
            value={other?.key ?? ""}
            options={choices.map((one) => ({ value: one.key, label: one.label }))}
            disabled={choices.length === 0}
            onPick={setPicked}
          />
        </div>
      </div>
      {!other ? (
        <Blank icon="differs" title={say.nothing} />
      ) : !answer || busy ? (
        <Waiting busy={say.comparing} failed={say.failed} problem={busy ? null : problem} />
      ) : count === 0 ? (
        <Blank icon="pass" title={say.same} />
      ) : (
        <div data-differences={count}>
          <Differences list={answer.differences} left={leftName} right={rightName} />
        </div>
      )}
    </Sheet>
  );
}
