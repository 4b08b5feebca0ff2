/** Whether a bundle is encrypted, and with which passphrase: on where credentials were found, until a person takes it off. */
import type { PlanView } from "../../../ipc/generated/contract";
import { HintedCheckbox, TextField } from "../../../parts";
import { useWords, type Words } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

/** As typed, twice. Never part of a request for a plan. */
export interface Passphrase {
  first: string;
  second: string;
}

export const NO_PASSPHRASE: Passphrase = { first: "", second: "" };

/** Why the button waits; empty where it need not. */
export function lacksPassphrase(plan: PlanView, typed: Passphrase, words: Words): string {
  if (!plan.encryption?.on) return "";
  if (typed.first === "") return words.passphrase.typeIt;
  return typed.first === typed.second ? "" : words.passphrase.differs;
}

interface Props extends OptionProps {
  typed: Passphrase;
  onType: (typed: Passphrase) => void;
}

export function EncryptionOption({ options, plan, onChange, typed, onType }: Props) {
  const words = useWords();
  const say = words.passphrase;
  const { encryption } = plan;
  if (!encryption) return null;
  const isOn = options.encrypt ?? encryption.on;
  const count = encryption.credential_count;
  return (
    <div className="ruled options" role="group" aria-label={say.encryption} data-encrypt={isOn}>
      <HintedCheckbox
        checked={isOn}
        hint={count === null ? say.unknownHint : count > 0 ? say.foundHint(count) : say.noneHint}
        onCheck={(encrypt) => onChange({ ...options, encrypt })}
      >
        {say.encrypt}
      </HintedCheckbox>
      {isOn && (
        <div className="form passphrase">
          <TextField
            label={say.label}
            type="password"
            value={typed.first}
            hint={say.loseHint}
            onText={(first) => onType({ ...typed, first })}
          />
          <TextField label={say.again} type="password" value={typed.second} onText={(second) => onType({ ...typed, second })} />
        </div>
      )}
    </div>
  );
}
