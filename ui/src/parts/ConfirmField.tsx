/** Asks for a name, typed, before something that cannot be taken back. Enter does nothing here: the button is pressed by intent. */
import { Icon } from "./Icon";

export interface ConfirmFieldProps {
  /** Every second part stands out. */
  parts: string[];
  label: string;
  wanted: string;
  typed: string;
  onType: (typed: string) => void;
}

export function ConfirmField({ parts, label, wanted, typed, onType }: ConfirmFieldProps) {
  const isRight = typed.trim() === wanted;
  return (
    <div className="confirm">
      <Icon name="warn" />
      <span className="grow">{parts.map((part, index) => (index % 2 === 1 ? <b key={part}>{part}</b> : part))}</span>
      <span className="field">
        <input
          aria-label={label}
          placeholder={wanted}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        />
        {isRight && <Icon name="tick" tone="ok" />}
      </span>
    </div>
  );
}
