/** The object storage of a console: read, tested and set, by those who may. */
import { useState } from "react";
import { asProblem } from "../../ipc/client";
import type { ConsoleId, Problem, StorageChangeView, StorageTestView } from "../../ipc/generated/contract";
import { Button, ConfirmField, EnvTag, ProblemNote, Sheet, useAnswer, Waiting } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { StorageFields } from "./StorageFields";
import { StorageSide } from "./StorageSide";
import { draftOf, formOf, isWhole, type StorageForm } from "./storageForm";

export function StorageSheet({ id }: { id: ConsoleId }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.storage;
  const console = useStore((state) => state.consoles.find((one) => one.id === id) ?? null);
  const { answer, problem } = useAnswer(id, () => act.rpc("read_storage", id));
  const [edited, setEdited] = useState<StorageForm | null>(null);
  const [typed, setTyped] = useState("");
  const [doing, setDoing] = useState<"test" | "save" | null>(null);
  const [test, setTest] = useState<StorageTestView | null>(null);
  const [saved, setSaved] = useState<StorageChangeView | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  if (!console) return null;
  const view = saved?.after ?? answer;
  const form = edited ?? (view && formOf(view));
  const needs = view?.confirm ?? null;
  const canSet = view !== null && view.problem === null;
  const isConfirmed = needs === null || typed.trim() === needs;

  const change = (next: StorageForm) => {
    setEdited(next);
    setTest(null);
  };
  const run = async (what: "test" | "save", now: StorageForm) => {
    setDoing(what);
    setRefused(null);
    try {
      const draft = draftOf(id, now, typed);
      if (what === "test") setTest(await act.rpc("test_storage", draft));
      else {
        setSaved(await act.rpc("save_storage", draft));
        setEdited(null);
        setTyped("");
      }
    } catch (failure) {
      setRefused(asProblem(failure));
    } finally {
      setDoing(null);
    }
  };

  return (
    <Sheet
      icon="data"
      environment={console.environment}
      title={
        <>
          <span className="cut">{say.title(console.name)}</span>
          <EnvTag environment={console.environment} />
        </>
      }
      hint={say.hint}
      onClose={act.closeSheet}
      bar={
        <>
          {refused && (
            <div className="sheet-note">
              <ProblemNote problem={refused} title={say.notDone} />
            </div>
          )}
          {canSet && needs !== null && (
            <ConfirmField parts={say.confirm(needs)} label={say.confirmLabel} wanted={needs} typed={typed} onType={setTyped} />
          )}
        </>
      }
      foot={
        <>
          <span className="small t3">{say.limits}</span>
          <span className="grow" />
          {canSet && form && !isWhole(form) && <span className="small t2">{say.required}</span>}
          <Button size="large" data-autofocus onClick={act.closeSheet}>
            {words.common.close}
          </Button>
          {canSet && form && (
            <Button
              size="large"
              look={console.environment === "production" ? "prod" : "primary"}
              disabled={doing !== null || !isWhole(form) || !isConfirmed}
              onClick={() => void run("save", form)}
            >
              {doing === "save" ? say.saving : say.save}
            </Button>
          )}
        </>
      }
    >
      {view && form ? (
        <div className="cols2 storage" data-storage={view.is_set ? view.bucket : ""}>
          <StorageFields view={view} form={form} canSet={canSet} onChange={change} />
          <StorageSide
            view={view}
            test={test}
            testing={doing === "test"}
            canTest={canSet && doing === null && isWhole(form)}
            saved={saved}
            onTest={() => void run("test", form)}
          />
        </div>
      ) : (
        <Waiting busy={say.reading} failed={say.failed} problem={problem} />
      )}
    </Sheet>
  );
}
