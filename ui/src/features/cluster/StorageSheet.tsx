/** The object storage of a console: read, tested and set, by those who may. */
import { useState } from "react";
import { asProblem } from "../../ipc/client";
import type { ConsoleId, Problem, StorageChangeView, StorageTestView, StorageView } from "../../ipc/generated/contract";
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
  if (!console) return null;
  const title = (
    <>
      <span className="cut">{say.title(console.name)}</span>
      <EnvTag environment={console.environment} />
    </>
  );
  if (answer) return <Known key={id} view={answer} title={title} environment={console.environment} />;
  return (
    <Sheet icon="data" environment={console.environment} title={title} hint={say.hint} onClose={act.closeSheet}>
      <Waiting busy={say.reading} failed={say.failed} problem={problem} />
    </Sheet>
  );
}

interface KnownProps {
  view: StorageView;
  title: React.ReactNode;
  environment: "production" | "staging" | "test";
}

function Known({ view, title, environment }: KnownProps) {
  const words = useWords();
  const act = useAct();
  const say = words.official.storage;
  const [form, setForm] = useState(() => formOf(view));
  const [typed, setTyped] = useState("");
  const [doing, setDoing] = useState<"test" | "save" | null>(null);
  const [test, setTest] = useState<StorageTestView | null>(null);
  const [saved, setSaved] = useState<StorageChangeView | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  const now = saved?.after ?? view;
  const canSet = view.problem === null;
  const isConfirmed = view.confirm === null || typed.trim() === view.confirm;

  const change = (next: StorageForm) => {
    setForm(next);
    setTest(null);
  };
  const run = async (what: "test" | "save") => {
    setDoing(what);
    setRefused(null);
    try {
      const draft = draftOf(view.console, form, typed);
      if (what === "test") setTest(await act.rpc("test_storage", draft));
      else {
        const changed = await act.rpc("save_storage", draft);
        setSaved(changed);
        setForm(formOf(changed.after));
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
      environment={environment}
      title={title}
      hint={say.hint}
      onClose={act.closeSheet}
      bar={
        <>
          {refused && (
            <div className="sheet-note">
              <ProblemNote problem={refused} title={say.notSaved} />
            </div>
          )}
          {canSet && view.confirm !== null && (
            <ConfirmField
              parts={say.confirm(view.confirm)}
              label={say.confirmLabel}
              wanted={view.confirm}
              typed={typed}
              onType={setTyped}
            />
          )}
        </>
      }
      foot={
        <>
          <span className="small t3">{say.limits}</span>
          <span className="grow" />
          {canSet && !isWhole(form) && <span className="small t2">{say.required}</span>}
          <Button size="large" data-autofocus onClick={act.closeSheet}>
            {words.common.close}
          </Button>
          {canSet && (
            <Button
              size="large"
              look={environment === "production" ? "prod" : "primary"}
              disabled={doing !== null || !isWhole(form) || !isConfirmed}
              onClick={() => void run("save")}
            >
              {doing === "save" ? say.saving : say.save}
            </Button>
          )}
        </>
      }
    >
      <div className="cols2 storage" data-storage={now.is_set ? now.bucket : ""}>
        <StorageFields view={now} form={form} canSet={canSet} onChange={change} />
        <StorageSide
          view={now}
          test={test}
          testing={doing === "test"}
          canTest={canSet && doing === null && isWhole(form)}
          saved={saved}
          onTest={() => void run("test")}
        />
      </div>
    </Sheet>
  );
}
