/** The columns side by side, in the order the person gave them; this computer is the last. */
import { ClusterColumn } from "../features/backups/ClusterColumn";
import { ConsoleColumn } from "../features/backups/ConsoleColumn";
import { LibraryColumn } from "../features/bundles/LibraryColumn";
import { Blank, type MenuItem } from "../parts";
import { type BoardColumn, openColumns } from "../state/board";
import { EVERY_BACKUP } from "../state/model";
import { useAct, useStore } from "../state/session";
import { useWords } from "../strings";

export function Board() {
  const words = useWords();
  const consoles = useStore((state) => state.consoles);
  const keys = useStore((state) => state.settings.columns);
  const columns = openColumns(consoles, keys);
  const itemsOf = useColumnItems(columns);
  return (
    <main className="board" aria-label={words.column.board}>
      {columns.length === 0 && (
        <div className="column">
          <Blank icon="cluster" title={words.column.noColumns}>
            <span>{words.column.noColumnsHint}</span>
          </Blank>
        </div>
      )}
      {columns.map((column, index) =>
        column.kind === "cluster" ? (
          <ClusterColumn key={column.key} console={column.console} cluster={column.cluster} items={itemsOf(column, index)} />
        ) : (
          <ConsoleColumn key={column.key} console={column.console} items={itemsOf(column, index)} />
        ),
      )}
      <LibraryColumn />
    </main>
  );
}

function useColumnItems(columns: BoardColumn[]) {
  const words = useWords();
  const act = useAct();
  const keys = columns.map((column) => column.key);
  const swapped = (from: number, to: number) => {
    const next = [...keys];
    const [moved] = next.splice(from, 1);
    if (moved !== undefined) next.splice(to, 0, moved);
    return next;
  };
  const clusterItems = (column: BoardColumn): MenuItem[] => {
    if (column.kind !== "cluster") return [];
    const { cluster } = column;
    const say = words.official.menu;
    const storage = { kind: "storage" as const, console: cluster.console };
    return [
      {
        label: say.allBackups,
        icon: "box",
        run: () => act.openSheet({ kind: "backups", cluster: cluster.id, choice: EVERY_BACKUP }),
      },
      { label: say.about, icon: "cluster", run: () => act.openSheet({ kind: "cluster", id: cluster.id }) },
      { label: say.storage, icon: "data", run: () => act.openSheet(storage) },
    ];
  };
  return (column: BoardColumn, index: number): MenuItem[] => [
    {
      label: words.column.refresh,
      icon: "retry",
      run: () =>
        column.kind === "cluster" && column.console.state.kind === "ready"
          ? act.loadColumn(column.key)
          : act.refreshConsole(column.console.id),
    },
    ...clusterItems(column),
    { label: words.column.edit, icon: "settings", run: () => act.openSheet({ kind: "console", id: column.console.id }) },
    {
      label: words.column.moveLeft,
      icon: "left",
      disabled: index === 0,
      run: () => act.saveSettings({ columns: swapped(index, index - 1) }),
    },
    {
      label: words.column.moveRight,
      icon: "right",
      disabled: index === columns.length - 1,
      run: () => act.saveSettings({ columns: swapped(index, index + 1) }),
    },
    {
      label: words.column.close,
      icon: "close",
      run: () => act.saveSettings({ columns: keys.filter((key) => key !== column.key) }),
    },
  ];
}
