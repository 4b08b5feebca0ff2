/** A few views of one thing, of which one is shown. Arrow keys go from tab to tab; Tab goes into what is shown. */
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { cx } from "./basics";

export interface TabChoice<T extends string> {
  value: T;
  label: string;
  count?: string | number;
}

interface TabsProps<T extends string> {
  label: string;
  value: T;
  choices: TabChoice<T>[];
  onPick: (value: T) => void;
  children: ReactNode;
}

export function Tabs<T extends string>({ label, value, choices, onPick, children }: TabsProps<T>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const now = choices.findIndex((choice) => choice.value === value);
    const last = choices.length - 1;
    const to: Record<string, number> = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    const choice = next === undefined ? undefined : choices[next];
    if (next === undefined || !choice) return;
    event.preventDefault();
    onPick(choice.value);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <>
      <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {choices.map((choice) => (
          <button
            key={choice.value}
            type="button"
            role="tab"
            id={`${id}-${choice.value}`}
            aria-selected={choice.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={choice.value === value ? 0 : -1}
            className={cx("tab", choice.value === value && "on")}
            onClick={() => onPick(choice.value)}
          >
            {choice.label}
            {choice.count !== undefined && <span className="count">{choice.count}</span>}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is shown may hold nothing to go to, and scrolls */}
      <div className="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} tabIndex={0}>
        {children}
      </div>
    </>
  );
}
