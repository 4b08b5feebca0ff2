/** What can be done with a column, as a menu: the same at its head and in the palette. */
import type { MenuItem } from "../parts";
import type { Actions } from "../state/actions";
import type { BoardColumn } from "../state/board";
import { EVERY_BACKUP } from "../state/model";
import { useAct } from "../state/session";
import { useWords, type Words } from "../strings";

/** Of a cluster, open or not. */
export function clusterItems(column: BoardColumn, act: Actions, words: Words): MenuItem[] {
  if (column.kind !== "cluster") return [];
  const { cluster } = column;
  const say = words.official.menu;
  return [
    {
      label: say.allBackups,
      icon: "box",
      run: () => act.openSheet({ kind: "backups", cluster: cluster.id, choice: EVERY_BACKUP }),
    },
    { label: say.about, icon: "cluster", run: () => act.openSheet({ kind: "cluster", id: cluster.id }) },
    { label: say.storage, icon: "data", run: () => act.openSheet({ kind: "storage", console: cluster.console }) },
  ];
}

export function consoleItems(column: BoardColumn, act: Actions, words: Words): MenuItem[] {
  const isReady = column.kind === "cluster" && column.console.state.kind === "ready";
  return [
    {
      label: words.column.refresh,
      icon: "retry",
      run: () => (isReady ? act.loadColumn(column.key) : act.refreshConsole(column.console.id)),
    },
    ...clusterItems(column, act, words),
    { label: words.column.edit, icon: "settings", run: () => act.openSheet({ kind: "console", id: column.console.id }) },
  ];
}

/** The keys of all columns after one of them went from one place to another. */
export function movedKeys(columns: BoardColumn[], from: number, to: number): string[] {
  const next = columns.map((column) => column.key);
  const [moved] = next.splice(from, 1);
  if (moved !== undefined) next.splice(to, 0, moved);
  return next;
}

export function useColumnItems(columns: BoardColumn[]) {
  const words = useWords();
  const act = useAct();
  const move = (from: number, to: number) => () => act.saveSettings({ columns: movedKeys(columns, from, to) });
  return (column: BoardColumn, index: number): MenuItem[] => [
    ...consoleItems(column, act, words),
    { label: words.column.moveLeft, icon: "left", disabled: index === 0, run: move(index, index - 1) },
    {
      label: words.column.moveRight,
      icon: "right",
      disabled: index === columns.length - 1,
      run: move(index, index + 1),
    },
    {
      label: words.column.close,
      icon: "close",
      run: () => act.saveSettings({ columns: columns.map((one) => one.key).filter((key) => key !== column.key) }),
    },
  ];
}
