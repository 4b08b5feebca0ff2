/** Columns change places: one is taken at its head and let go before another. Esc puts it back. */
import { type PointerEvent, type RefObject, useState } from "react";

interface Moving {
  from: number;
  /** Before which it would land; the count of columns for the end. */
  to: number;
}

const FAR = 6;

export function useColumnMove(board: RefObject<HTMLElement | null>, onMove: (from: number, to: number) => void) {
  const [moving, setMoving] = useState<Moving | null>(null);

  const lift = (index: number) => (event: PointerEvent<HTMLElement>) => {
    const pressed = event.target instanceof Element ? event.target : null;
    if (event.button !== 0 || !pressed?.closest(".column-head") || pressed.closest("button, select, input, .field")) return;
    const begun = event.clientX;
    let now: Moving | null = null;
    const move = (at: globalThis.PointerEvent) => {
      if (now === null && Math.abs(at.clientX - begun) < FAR) return;
      now = { from: index, to: landing(board.current, at.clientX) };
      setMoving(now);
    };
    const stop = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", drop);
      window.removeEventListener("pointercancel", stop);
      window.removeEventListener("keydown", onKey, true);
      setMoving(null);
    };
    const drop = () => {
      const done = now;
      stop();
      if (done && done.to !== done.from && done.to !== done.from + 1)
        onMove(done.from, done.to > done.from ? done.to - 1 : done.to);
    };
    const onKey = (key: KeyboardEvent) => {
      if (key.key !== "Escape") return;
      key.stopPropagation();
      stop();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", drop);
    window.addEventListener("pointercancel", stop);
    window.addEventListener("keydown", onKey, true);
  };

  const landingAt = (index: number, count: number): "before" | "after" | null => {
    if (!moving || moving.to === moving.from || moving.to === moving.from + 1) return null;
    if (moving.to === index) return "before";
    return moving.to === count && index === count - 1 ? "after" : null;
  };
  return { moving, lift, landingAt };
}

function landing(board: HTMLElement | null, x: number): number {
  const slots = [...(board?.querySelectorAll<HTMLElement>("[data-slot]") ?? [])];
  const next = slots.findIndex((slot) => {
    const box = slot.getBoundingClientRect();
    return x < box.left + box.width / 2;
  });
  return next < 0 ? slots.length : next;
}
