/** Deletes a backup: says first what goes and what the platform leaves behind, and offers to delete that too. */
import { useState } from "react";
import { asProblem } from "../../ipc/client";
import type { Problem, RemovalView, RemovedView } from "../../ipc/generated/contract";
import { Button, Checkbox, ConfirmField, Fact, Note, ProblemNote, Sheet, useAnswer, Waiting } from "../../parts";
import { clusterById } from "../../state/board";
import type { NamedBackup } from "../../state/model";
import { useAct, useStore } from "../../state/session";
import { say as sayLine, useWords } from "../../strings";
import { bytes } from "../../strings/format";
import { Objects } from "./PlaceSheet";

const sizeOf = (removal: RemovalView) => removal.place.objects.reduce((sum, one) => sum + one.size_bytes, 0);

export function RemovalSheet({ backup }: { backup: NamedBackup }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.removal;
  const environment = useStore((state) => clusterById(state.consoles, backup.ref.cluster)?.environment ?? null);
  const { answer, problem } = useAnswer(JSON.stringify(backup.ref), () => act.rpc("plan_removal", backup.ref));
  const [objects, setObjects] = useState(false);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [removed, setRemoved] = useState<RemovedView | null>(null);
  const needs = answer?.confirm ?? null;
  const isConfirmed = needs === null || typed.trim() === needs;

  const remove = async () => {
    setBusy(true);
    setRefused(null);
    try {
      setRemoved(await act.rpc("delete_backup", { backup: backup.ref, objects, confirm: typed.trim() }));
      void act.loadColumn(backup.ref.cluster);
    } catch (failure) {
      setRefused(asProblem(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Sheet
      icon={removed ? "pass" : "trash"}
      iconTone={removed ? "ok" : undefined}
      width={720}
      environment={environment}
      title={removed ? say.done(backup.app) : say.title(backup.app)}
      hint={removed ? `${backup.created} · ${backup.version}` : `${backup.created} · ${say.hint}`}
      onClose={act.closeSheet}
      bar={
        <>
          {refused && (
            <div className="sheet-note">
              <ProblemNote problem={refused} title={say.notDeleted} />
            </div>
          )}
          {needs !== null && !removed && answer?.problem === null && (
            <ConfirmField
              parts={say.confirm(needs)}
              label={words.plan.confirmLabel}
              wanted={needs}
              typed={typed}
              onType={setTyped}
            />
          )}
        </>
      }
      foot={
        <>
          <span className="grow" />
          {answer && !removed && !isConfirmed && <span className="small t2">{words.plan.typeName}</span>}
          <Button size="large" data-autofocus onClick={act.closeSheet}>
            {removed ? words.common.close : words.common.cancel}
          </Button>
          {answer && !removed && (
            <Button
              size="large"
              look="prod"
              icon="trash"
              disabled={busy || !isConfirmed || answer.problem !== null}
              onClick={() => void remove()}
            >
              {busy ? say.deleting : objects ? say.buttonObjects : say.button}
            </Button>
          )}
        </>
      }
    >
      {removed ? (
        <Removed removed={removed} />
      ) : answer ? (
        <Removal removal={answer} version={backup.version} objects={objects} onObjects={setObjects} />
      ) : (
        <Waiting busy={say.reading} failed={say.failed} problem={problem} />
      )}
    </Sheet>
  );
}

interface RemovalProps {
  removal: RemovalView;
  version: string;
  objects: boolean;
  onObjects: (objects: boolean) => void;
}

function Removal({ removal, version, objects, onObjects }: RemovalProps) {
  const words = useWords();
  const say = words.official.removal;
  const { place } = removal;
  return (
    <>
      {removal.problem && (
        <div className="pad">
          <ProblemNote problem={removal.problem} title={say.cannot} />
        </div>
      )}
      <div className="halves">
        <div className="pad" data-removal="goes">
          <h2 className="heading">{say.goes}</h2>
          <Fact icon="trash" tone="bad">
            {say.record(version)}
          </Fact>
          {objects && <Objects list={place.objects} found />}
        </div>
        <div className="pad" data-removal="stays">
          <h2 className="heading">{say.stays}</h2>
          {objects || removal.stays.length === 0 ? (
            <Fact icon="pass" tone="ok">
              {say.staysNothing}
            </Fact>
          ) : (
            removal.stays.map((line) => (
              <Fact key={line.code + line.message} icon="minus" tone="warn">
                <span className="break">{sayLine(words, line)}</span>
              </Fact>
            ))
          )}
        </div>
      </div>
      <div className="pad ruled stack">
        <h2 className="heading">{say.objects}</h2>
        {removal.can_delete_objects && place.objects.length > 0 ? (
          <Checkbox checked={objects} onCheck={onObjects}>
            {say.alsoObjects(bytes(sizeOf(removal)))}
            <span className="small t3 under">{say.alsoHint}</span>
          </Checkbox>
        ) : removal.holders.length > 0 ? (
          <Note icon="lock">
            <b>{say.held}</b>
            {removal.holders.map((line) => (
              <p key={line.code + line.message}>{sayLine(words, line)}</p>
            ))}
          </Note>
        ) : (
          <p className="small t3">{say.noObjects}</p>
        )}
      </div>
    </>
  );
}

function Removed({ removed }: { removed: RemovedView }) {
  const words = useWords();
  const say = words.official.removal;
  return (
    <div className="pad stack" data-removal="done">
      {removed.problems.map((problem) => (
        <ProblemNote key={problem.code + problem.message} problem={problem} title={say.notAll} />
      ))}
      <div>
        {removed.gone.map((line) => (
          <Fact key={line.code + line.message} icon="pass" tone="ok">
            <span className="break">{sayLine(words, line)}</span>
          </Fact>
        ))}
        {removed.stays.map((line) => (
          <Fact key={line.code + line.message} icon="minus" tone="warn">
            <span className="break">{sayLine(words, line)}</span>
          </Fact>
        ))}
        {removed.stays.length === 0 && removed.problems.length === 0 && (
          <Fact icon="pass" tone="ok">
            {say.nothingStays}
          </Fact>
        )}
      </div>
    </div>
  );
}
