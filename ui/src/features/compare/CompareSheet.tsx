/** Compares a backup with a live app, another backup, or a bundle. */
import { useMemo, useState } from "react";
import type { PlanSource } from "../../ipc/generated/contract";
import { Blank, Button, Differences, Select, Sheet, useAnswer, Waiting } from "../../parts";
import { useAct, useSession, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { candidates } from "./candidates";

export function CompareSheet({ left, name, app }: { left: PlanSource; name: string; app: string }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.compare;
  const { store } = useSession();
  const columns = useStore((state) => state.columns);
  const choices = useMemo(() => columns && candidates(store.get(), left, app, words), [columns, store, left, app, words]);
  const [picked, setPicked] = useState<string | null>(null);
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
