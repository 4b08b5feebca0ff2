/** Asks for the passphrase of a bundle that is there. It leaves the page once, for the core. */
import { type FormEvent, useState } from "react";
import { asProblem } from "../ipc/client";
import type { Problem } from "../ipc/generated/contract";
import { useWords } from "../strings";
import { Button, Spinner } from "./basics";
import { TextField } from "./fields";
import { ProblemNote } from "./ProblemText";

interface Props {
  hint: string;
  button: string;
  onGive: (passphrase: string) => Promise<void>;
}

export function PassphraseForm({ hint, button, onGive }: Props) {
  const words = useWords();
  const say = words.passphrase;
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);

  const give = async () => {
    if (typed === "" || busy) return;
    setBusy(true);
    setRefused(null);
    try {
      await onGive(typed);
      setTyped("");
    } catch (failure) {
      setRefused(asProblem(failure));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void give();
  };
  return (
    <form className="form passphrase" aria-label={say.form} onSubmit={submit}>
      <p className="small t2">{hint}</p>
      <TextField label={say.label} type="password" value={typed} data-autofocus onText={setTyped} />
      {refused && <ProblemNote problem={refused} title={say.notOpened} />}
      <div className="pair">
        <Button look="primary" disabled={busy || typed === ""} onClick={() => void give()}>
          {button}
        </Button>
        {busy && (
          <span className="small t2 pair" role="status">
            <Spinner />
            {say.opening}
          </span>
        )}
      </div>
    </form>
  );
}
