/** A column's place on the board: as wide as it was made, moved by its head or with Alt+Shift and an arrow. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { cx } from "../parts";
import { bounded, NARROWEST, WIDEST } from "../state/memory";
import { useAct, useStore } from "../state/session";
import { useWords } from "../strings";

interface SlotProps {
  /** None: it takes what is left. */
  columnKey: string | null;
  name: string;
  /** The last column has nothing to its right to take room from. */
  canResize: boolean;
  lifted: boolean;
  landing: "before" | "after" | null;
  onLift?: (event: PointerEvent<HTMLElement>) => void;
  onStep?: (step: -1 | 1) => void;
  children: ReactNode;
}

export function ColumnSlot({ columnKey, name, canResize, lifted, landing, onLift, onStep, children }: SlotProps) {
  const width = useStore((state) => (columnKey === null ? undefined : state.layout.widths[columnKey]));
  const box = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!onStep || step === 0 || !event.altKey || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const before = document.activeElement;
    onStep(step);
    // A column that moves in the page lets go of the focus.
    requestAnimationFrame(() => before instanceof HTMLElement && before.focus());
  };
  return (
    <div
      ref={box}
      className={cx("column-slot", width !== undefined && canResize && "sized", lifted && "lifted", landing)}
      data-slot={columnKey ?? undefined}
      style={width !== undefined && canResize ? { width } : undefined}
      onKeyDownCapture={onKeyDown}
      onPointerDown={onLift}
    >
      {children}
      {canResize && columnKey !== null && <Separator columnKey={columnKey} name={name} slot={box} />}
    </div>
  );
}

interface SeparatorProps {
  columnKey: string;
  name: string;
  slot: { current: HTMLElement | null };
}

const STEPS: Record<string, number> = { ArrowLeft: -16, ArrowRight: 16, PageUp: -64, PageDown: 64 };

/** Dragged, or moved by arrow keys; Enter or a double click makes the column share the room again. */
function Separator({ columnKey, name, slot }: SeparatorProps) {
  const words = useWords();
  const act = useAct();
  const kept = useStore((state) => state.layout.widths[columnKey]);
  const [drawn, setDrawn] = useState<number | null>(null);
  const now = () => slot.current?.getBoundingClientRect().width ?? NARROWEST;
  useEffect(() => setDrawn(Math.round(slot.current?.getBoundingClientRect().width ?? NARROWEST)), [slot]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const from = event.clientX;
    const wide = now();
    const grip = event.currentTarget;
    grip.setPointerCapture?.(event.pointerId);
    const move = (to: globalThis.PointerEvent) => act.sizeColumn(columnKey, bounded(wide + to.clientX - from), false);
    const end = (to: globalThis.PointerEvent) => {
      grip.removeEventListener("pointermove", move);
      grip.removeEventListener("pointerup", end);
      grip.removeEventListener("pointercancel", end);
      if (to.clientX !== from) act.sizeColumn(columnKey, bounded(wide + to.clientX - from), true);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", end);
    grip.addEventListener("pointercancel", end);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (event.altKey || event.ctrlKey) return;
    if (event.key === "Enter") act.sizeColumn(columnKey, null, true);
    else if (step !== undefined) act.sizeColumn(columnKey, bounded((kept ?? now()) + step), true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={words.layout.width(name)}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      aria-valuenow={kept ?? bounded(drawn ?? NARROWEST)}
      tabIndex={0}
      className="column-edge"
      title={words.layout.widthHint}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => act.sizeColumn(columnKey, null, true)}
    />
  );
}
