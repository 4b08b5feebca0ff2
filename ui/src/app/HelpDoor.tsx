/** F1 opens the guide wherever one is; over a problem it opens at that problem's code. */
import { useEffect } from "react";
import { HelpSheet } from "../features/help/HelpSheet";
import { useAct, useSession, useStore } from "../state/session";

export function HelpDoor() {
  const act = useAct();
  const { store } = useSession();
  const help = useStore((state) => state.help);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "F1") return;
      event.preventDefault();
      const { help: isOpen, sheet, jobs, consoles } = store.get();
      if (isOpen) return act.closeHelp();
      const code = sheet?.kind === "problem" ? (jobs[sheet.job]?.problem?.code ?? null) : null;
      act.openHelp({ topic: code ? "trouble" : consoles.length === 0 ? "connect" : "migrate", code });
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [act, store]);
  return help ? <HelpSheet key={`${help.topic} ${help.code}`} at={help} /> : null;
}
