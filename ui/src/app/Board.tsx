/** The columns side by side, in the order the person gave them; this computer is the last. */
import { ClusterColumn } from "../features/backups/ClusterColumn";
import { ConsoleColumn } from "../features/backups/ConsoleColumn";
import { LibraryColumn } from "../features/bundles/LibraryColumn";
import { Blank } from "../parts";
import { openColumns } from "../state/board";
import { useStore } from "../state/session";
import { useWords } from "../strings";
import { useColumnItems } from "./columnItems";

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
