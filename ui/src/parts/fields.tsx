/** What people type into and choose from: real inputs with real labels. */
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from "react";
import { cx } from "./basics";
import { Icon } from "./Icon";

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  label: string;
  value: string;
  onText: (value: string) => void;
  hint?: string;
  mono?: boolean;
}

export function TextField({ label, value, onText, hint, mono, className, ...rest }: TextFieldProps) {
  const hintId = useId();
  return (
    <label className={className}>
      <span>{label}</span>
      <input
        className={cx("field", mono && "mono")}
        value={value}
        onChange={(event) => onText(event.target.value)}
        aria-describedby={hint ? hintId : undefined}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        {...rest}
      />
      {hint && (
        <span className="field-hint" id={hintId}>
          {hint}
        </span>
      )}
    </label>
  );
}

interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange" | "value"> {
  label: string;
  value: string;
  onText: (value: string) => void;
  mono?: boolean;
}

export function TextArea({ label, value, onText, mono, ...rest }: TextAreaProps) {
  return (
    <label>
      <span>{label}</span>
      <textarea
        className={cx("field area", mono && "mono")}
        value={value}
        onChange={(event) => onText(event.target.value)}
        spellCheck={false}
        {...rest}
      />
    </label>
  );
}

interface SearchFieldProps {
  label: string;
  placeholder?: string;
  value: string;
  onText: (value: string) => void;
  className?: string;
  /** At the right edge. */
  children?: ReactNode;
}

/** Without a visible label: the magnifying glass says it, the accessible name says it in words. */
export function SearchField({ label, placeholder = label, value, onText, className, children }: SearchFieldProps) {
  return (
    <div className={cx("field search", className)}>
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value !== "") {
            event.stopPropagation();
            onText("");
          }
        }}
      />
      {children}
    </div>
  );
}

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "value"> {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onPick: (value: string) => void;
}

/** The system's own list under our own box: keyboard, typing ahead and screen readers for free. */
export function Select({ label, value, options, onPick, className, ...rest }: SelectProps) {
  return (
    <span className={cx("field select", className)}>
      <select aria-label={label} value={value} onChange={(event) => onPick(event.target.value)} {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="updown" />
    </span>
  );
}

interface CheckboxProps {
  checked: boolean;
  disabled?: boolean;
  onCheck: (checked: boolean) => void;
  children: ReactNode;
}

export function Checkbox({ checked, disabled, onCheck, children }: CheckboxProps) {
  return (
    <label className={cx("check", checked && "on", disabled && "off")}>
      <input type="checkbox" checked={checked} disabled={disabled} onChange={(event) => onCheck(event.target.checked)} />
      <i>
        <Icon name="tick" />
      </i>
      <span>{children}</span>
    </label>
  );
}

/** With a line below that says what it means. */
export function HintedCheckbox({ hint, children, ...rest }: CheckboxProps & { hint: string }) {
  return (
    <Checkbox {...rest}>
      {children}
      <span className="small t3 under">{hint}</span>
    </Checkbox>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: ReactNode;
  hint?: string;
}

/** Cards of which one is chosen. */
export function RadioCards<T extends string>(props: {
  legend: string;
  value: T;
  choices: Choice<T>[];
  columns?: number;
  onPick: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="cards">
      <legend>{props.legend}</legend>
      <div style={{ gridTemplateColumns: `repeat(${props.columns ?? 1}, minmax(0, 1fr))` }}>
        {props.choices.map((choice) => (
          <label key={choice.value} className={cx("card", choice.value === props.value && "on")}>
            <input type="radio" name={name} checked={choice.value === props.value} onChange={() => props.onPick(choice.value)} />
            <span>
              <b>{choice.label}</b>
              {choice.hint && <span className="small t2">{choice.hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A few short words of which one is on. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  choices: { value: T; label: string; count?: number }[];
  onPick: (value: T) => void;
  className?: string;
}) {
  return (
    <div className={cx("segmented small", props.className)} role="group" aria-label={props.label}>
      {props.choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === props.value}
          className={choice.value === props.value ? "on" : undefined}
          onClick={() => props.onPick(choice.value)}
        >
          {choice.label}
          {choice.count !== undefined && <span className="count">{choice.count}</span>}
        </button>
      ))}
    </div>
  );
}
