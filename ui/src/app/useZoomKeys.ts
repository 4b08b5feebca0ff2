/** Ctrl (or ⌘) with +, - and 0 draws the window larger, smaller, and as it was. */
import { useEffect } from "react";
import { useAct, useSession, useStore } from "../state/session";
import { zoomOf } from "../state/zoom";

export function useZoomKeys() {
  const act = useAct();
  const { store } = useSession();
  const now = useStore((state) => state.settings.zoom_percent);
  useEffect(() => {
    document.documentElement.dataset.zoom = String(now ?? 100);
  }, [now]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const { zoom_percent } = store.get().settings;
      const next = zoomOf(event.key, zoom_percent);
      if (next === null) return;
      event.preventDefault();
      if (next !== (zoom_percent ?? 100)) void act.saveSettings({ zoom_percent: next });
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [act, store]);
}
