/** Opens an encrypted bundle for this run. */
import { PassphraseForm, Sheet } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";

export function PassphraseSheet({ path, name }: { path: string; name: string }) {
  const words = useWords();
  const act = useAct();
  const say = words.passphrase;
  const give = async (passphrase: string) => {
    await act.unlock(path, passphrase);
    act.closeSheet();
  };
  return (
    <Sheet
      icon="lock"
      width={520}
      title={<span className="cut">{say.title(name)}</span>}
      hint={say.lockedHint}
      onClose={act.closeSheet}
    >
      <div className="pad">
        <PassphraseForm hint={say.openHint} button={say.open} onGive={give} />
      </div>
    </Sheet>
  );
}
