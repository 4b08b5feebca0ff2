/** The ways into the palette: a key that works everywhere but over another sheet or menu, and a button in the search field. */
import { useEffect } from "react";
import { useDragged } from "../../drag/DragLayer";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { Palette } from "./Palette";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function PaletteDoor() {
  const act = useAct();
  const isOpen = useStore((state) => state.paletteOpen && state.ready);
  const isDragging = useDragged() !== null;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(isMac ? event.metaKey : event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      if (isOpen) act.closePalette();
      else if (!isDragging && !document.querySelector("[role=dialog], [role=menu]")) act.openPalette();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [act, isOpen, isDragging]);
  return isOpen ? <Palette /> : null;
}

export function PaletteButton() {
  const words = useWords();
  const act = useAct();
  return (
    <button
      type="button"
      className="palette-button"
      aria-label={words.palette.title}
      aria-haspopup="dialog"
      aria-keyshortcuts={isMac ? "Meta+K" : "Control+K"}
      title={words.palette.open}
      onClick={act.openPalette}
    >
      <kbd>{isMac ? "⌘K" : "Ctrl K"}</kbd>
    </button>
  );
}
