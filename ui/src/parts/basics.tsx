/** The smallest parts: buttons, tags, signs, bars, notes. */
import type { ButtonHTMLAttributes, ReactNode } from "react";
import type { AppState, Environment } from "../ipc/generated/contract";
import { useWords } from "../strings";
import { Icon, type IconName } from "./Icon";

export const cx = (...names: (string | false | null | undefined)[]) => names.filter(Boolean).join(" ");

type Plain = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "type">;

export interface ButtonProps extends Plain {
  look?: "plain" | "primary" | "prod" | "quiet";
  size?: "small" | "normal" | "large";
  icon?: IconName;
}

export function Button({ look = "plain", size = "normal", icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={cx("btn", look !== "plain" && look, size !== "normal" && size, className)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Plain {
  icon: IconName;
  label: string;
  size?: "small" | "normal";
}

export function IconButton({ icon, label, size = "normal", className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={cx("btn icon-only quiet", size === "small" && "small", className)}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}

export const ENV_CLASS: Record<Environment, string> = { production: "prod", staging: "stg", test: "tst" };

export function EnvTag({ environment }: { environment: Environment }) {
  const words = useWords();
  return <span className={`env ${ENV_CLASS[environment]}`}>{words.environment[environment]}</span>;
}

const STATE_SHAPE: Record<AppState, string> = {
  running: "run",
  starting: "off",
  stopping: "off",
  stopped: "off",
  abnormal: "err",
  empty: "off",
  unknown: "off",
  deleted: "off",
};

/** Shape, colour and word at once. */
export function StateSign({ state }: { state: AppState }) {
  return <span className={`app-state ${STATE_SHAPE[state]}`}>{useWords().appState[state]}</span>;
}

/** Cut with an ellipsis; the whole of it in the tooltip. */
export function Cut({ children, className }: { children: string; className?: string }) {
  return (
    <span className={cx("cut", className)} title={children}>
      {children}
    </span>
  );
}

export function Spinner() {
  return <span className="spin" aria-hidden="true" />;
}

/** A share from 0 to 1, or none where nobody knows. */
export function Bar({ share, label, tone }: { share: number | null; label: string; tone?: "bad" | "pause" }) {
  const percent = share === null ? undefined : Math.round(share * 100);
  return (
    <div
      className={cx("bar", share === null && "busy", tone)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <i style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  );
}

export function Note({ tone, icon, children }: { tone?: "ok" | "warn" | "bad"; icon: IconName; children: ReactNode }) {
  return (
    <div className={cx("note", tone)}>
      <Icon name={icon} />
      <div className="grow small">{children}</div>
    </div>
  );
}

/** What a list says when it has nothing to list. */
export function Blank({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="blank">
      <Icon name={icon} />
      <b>{title}</b>
      {children}
    </div>
  );
}

export function Fact({ icon, tone = "", hint, children }: { icon: IconName; tone?: string; hint?: string; children: ReactNode }) {
  return (
    <div className="fact">
      <Icon name={icon} tone={tone} />
      <span>
        {children}
        {hint && <span className="t3">{hint}</span>}
      </span>
    </div>
  );
}

export function Fold({ title, count, children }: { title: string; count?: string | number; children: ReactNode }) {
  return (
    <details className="folding">
      <summary className="fold">
        <Icon name="chevron" />
        <span>{title}</span>
        {count !== undefined && <span className="count">{count}</span>}
      </summary>
      <div className="fold-body">{children}</div>
    </details>
  );
}
