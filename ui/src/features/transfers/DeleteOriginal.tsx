/** The offer to delete the app that was restored from: only when its copy is whole and runs, and only by its typed name. */
import { useState } from "react";
import { asProblem } from "../../ipc/client";
import type { JobId, OriginalView, Problem } from "../../ipc/generated/contract";
import { Button, Fact, Icon, Note, ProblemNote } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";

export function DeleteOriginal({ job, original }: { job: JobId; original: OriginalView }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.after;
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const isRight = typed.trim() === original.name;

  const remove = async () => {
    setBusy(true);
    setRefused(null);
    try {
      await act.deleteOriginal(job, typed.trim());
      void act.loadColumn(original.cluster);
    } catch (failure) {
      setRefused(asProblem(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className="pad ruled stack" aria-label={say.original} data-original={original.deleted ? "deleted" : "there"}>
      <h2 className="heading">{say.original}</h2>
      {original.deleted ? (
        <Fact icon="pass" tone="ok">
          {say.originalDeleted(original.name)}
        </Fact>
      ) : !original.can_delete ? (
        <Note icon="lock">{say.originalLocked(original.name)}</Note>
      ) : (
        <>
          <p className="small t2">{say.originalHint(original.name)}</p>
          <div className="delete-original">
            <span className="field">
              <input
                aria-label={say.originalName}
                placeholder={original.name}
                value={typed}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setTyped(event.target.value)}
                onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
              />
              {isRight && <Icon name="tick" tone="ok" />}
            </span>
            <Button look="prod" icon="trash" disabled={!isRight || busy} onClick={() => void remove()}>
              {busy ? say.deleting : say.deleteButton}
            </Button>
          </div>
        </>
      )}
      {refused && <ProblemNote problem={refused} title={say.notDeleted} />}
    </section>
  );
}
