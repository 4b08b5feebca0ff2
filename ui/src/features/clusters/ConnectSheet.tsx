/** Adds or edits a connection: form on the left, the ladder of the test on the right. */
import { useState } from "react";
import { asProblem } from "../../ipc/client";
import type { ConsoleId, Problem, TestView } from "../../ipc/generated/contract";
import { Button, ProblemNote, Sheet } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { ConnectForm } from "./ConnectForm";
import { type ConsoleForm, draftOf, formOf, isComplete, newForm } from "./draft";
import { Ladder } from "./Ladder";

/** Everything else answers. */
function lacksOnlyStore(test: TestView | null): boolean {
  return (
    test?.rungs.every((rung) => rung.name === "store" || rung.state.kind === "passed") === true &&
    test.rungs.some((rung) => rung.state.kind === "failed")
  );
}

/** The handshake failed for want of trust; a certificate that changed is not offered again. */
function isUntrusted(test: TestView): boolean {
  return test.rungs.some(({ name, state }) => name === "tls" && state.kind === "failed" && state.problem.code === "tls_failed");
}

export function ConnectSheet({ id, address }: { id: ConsoleId | null; address?: string }) {
  const words = useWords();
  const act = useAct();
  const console = useStore((state) => state.consoles.find((one) => one.id === id) ?? null);
  const secrets = useStore((state) => state.about?.secrets ?? "keyring");
  const [form, setForm] = useState<ConsoleForm>(() => (console ? formOf(console) : newForm(address)));
  const [touchedStores, setTouchedStores] = useState(false);
  const [test, setTest] = useState<TestView | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const [busy, setBusy] = useState<"test" | "save" | "remove" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [removing, setRemoving] = useState(false);
  const draft = draftOf(form, touchedStores);
  const regions = [...new Set([...(test?.regions ?? []), ...(console?.clusters.map((cluster) => cluster.region) ?? [])])];

  const doing = async (what: "test" | "save" | "remove", work: () => Promise<void>) => {
    setBusy(what);
    setProblem(null);
    try {
      await work();
    } catch (failure) {
      setProblem(asProblem(failure));
    } finally {
      setBusy(null);
    }
  };
  const runTest = (tried = draft) =>
    doing("test", async () => {
      setTest(null);
      setShown(null);
      const found = await act.rpc("test_console", tried);
      setTest(found);
      if (isUntrusted(found)) setShown((await act.rpc("show_certificate", tried.url)).fingerprint);
    });
  /** This certificate, and no other from here on: what was typed is tested again with it. */
  const trust = (fingerprint: string) => {
    const trusting = { ...form, fingerprint };
    setForm(trusting);
    void runTest(draftOf(trusting, touchedStores));
  };
  const save = () =>
    doing("save", async () => {
      await act.saveConsole(draft);
      act.closeSheet();
    });
  const remove = () =>
    doing("remove", async () => {
      if (console) await act.removeConsole(console.id);
      act.closeSheet();
    });
  const change = (next: ConsoleForm) => {
    if (next.stores !== form.stores) setTouchedStores(true);
    setForm(next);
  };

  return (
    <Sheet
      icon="cluster"
      width={920}
      title={console ? words.connect.editTitle(console.name) : words.connect.addTitle}
      hint={words.connect.hint}
      onClose={act.closeSheet}
      bar={
        problem && (
          <div className="sheet-note">
            <ProblemNote problem={problem} />
          </div>
        )
      }
      foot={
        removing ? (
          <>
            <span className="grow">
              {words.connect.removeConfirm} <span className="small t2">{words.connect.removeHint}</span>
            </span>
            <Button size="large" onClick={() => setRemoving(false)}>
              {words.connect.keepIt}
            </Button>
            <Button size="large" look="prod" disabled={busy !== null} onClick={remove}>
              {words.connect.removeYes}
            </Button>
          </>
        ) : (
          <>
            {console && (
              <Button look="quiet" icon="trash" onClick={() => setRemoving(true)}>
                {words.connect.remove}
              </Button>
            )}
            <span className="grow small t2">{lacksOnlyStore(test) && words.connect.withoutStore}</span>
            {!isComplete(form) && <span className="small t2">{words.connect.required}</span>}
            <Button size="large" onClick={act.closeSheet}>
              {words.common.cancel}
            </Button>
            <Button size="large" look="primary" disabled={!isComplete(form) || busy !== null} onClick={save}>
              {busy === "save" ? words.connect.saving : console ? words.connect.save : words.connect.add}
            </Button>
          </>
        )
      }
    >
      <div className="connect">
        <ConnectForm form={form} passwordKept={console?.password ?? null} goesTo={secrets} regions={regions} onChange={change} />
        <Ladder
          test={test}
          testing={busy === "test"}
          canTest={form.url.trim() !== "" && form.user.trim() !== "" && busy === null}
          onTest={() => runTest()}
          shown={shown}
          onTrust={trust}
        />
      </div>
    </Sheet>
  );
}
