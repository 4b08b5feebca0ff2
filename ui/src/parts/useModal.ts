/** What lies over the window has it alone: the page behind is inert, and gets the focus back where it was. */
import { type RefObject, useEffect } from "react";

export function useModal(box: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const root = document.getElementById("root");
    const before = document.activeElement;
    root?.setAttribute("inert", "");
    const first = box.current?.querySelector<HTMLElement>("[data-autofocus]") ?? box.current;
    first?.focus();
    return () => {
      root?.removeAttribute("inert");
      if (before instanceof HTMLElement) before.focus();
    };
  }, [box]);
}
