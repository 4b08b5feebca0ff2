/** Goes to what was asked for by name: the column comes into view, and its row gets the focus. */
import { useEffect, useMemo, useRef } from "react";
import type { AppView, ClusterId } from "../../ipc/generated/contract";
import { useStore } from "../../state/session";

/** The row to go to; `open` unfolds what hides it. By time there are no rows of apps: the newest backup stands for its app. */
export function useShownRow(cluster: ClusterId, apps: AppView[], open: (app: AppView) => void): { key: string } | null {
  const shown = useStore((state) => (state.shown?.cluster === cluster ? state.shown : null));
  const grouping = useStore((state) => state.grouping);
  const app = shown ? apps.find((one) => one.id === shown.app) : undefined;
  const done = useRef<object | null>(null);
  useEffect(() => {
    if (!shown || !app || done.current === shown) return;
    done.current = shown;
    open(app);
  }, [shown, app, open]);
  const first = app?.backups[0]?.id;
  return useMemo(() => {
    if (!shown || shown.app === null) return null;
    const backup = shown.backup ?? (grouping === "time" ? first : undefined);
    return { key: backup ? `b${backup}` : `a${shown.app}` };
  }, [shown, grouping, first]);
}

/** Of the column itself: into view, and where no row is meant, its first field gets the focus. */
export function useShownColumn(cluster: ClusterId) {
  const shown = useStore((state) => (state.shown?.cluster === cluster ? state.shown : null));
  useEffect(() => {
    if (!shown) return;
    const column = [...document.querySelectorAll<HTMLElement>(".column")].find((one) => one.dataset.cluster === cluster);
    column?.scrollIntoView({ inline: "nearest", block: "nearest" });
    if (shown.app === null) column?.querySelector<HTMLElement>("select, button")?.focus();
  }, [shown, cluster]);
}
