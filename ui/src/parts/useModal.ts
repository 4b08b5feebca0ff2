/** What lies over the window has it alone: all behind it is inert, another sheet too, and gets the focus back where it was. */
import { type RefObject, useEffect } from "react";

export function useModal(box: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const before = document.activeElement;
    // A sheet that lies under another one is behind it, too.
    const behind = [...document.body.children].filter((one) => !one.contains(box.current) && !one.hasAttribute("inert"));
    for (const one of behind) one.setAttribute("inert", "");
    const first = box.current?.querySelector<HTMLElement>("[data-autofocus]") ?? box.current;
    first?.focus();
    return () => {
      for (const one of behind) one.removeAttribute("inert");
      if (before instanceof HTMLElement) before.focus();
    };
  }, [box]);
}
