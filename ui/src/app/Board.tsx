/** The columns side by side, in the order and widths the person gave them; this computer is the last. */
import { useRef, useState } from "react";
import { ClusterColumn } from "../features/backups/ClusterColumn";
import { ConsoleColumn } from "../features/backups/ConsoleColumn";
import { LibraryColumn } from "../features/bundles/LibraryColumn";
import { Blank } from "../parts";
import { type BoardColumn, openColumns } from "../state/board";
import { useAct, useStore } from "../state/session";
import { useWords } from "../strings";
import { ColumnSlot } from "./ColumnSlot";
import { movedKeys, useColumnItems } from "./columnItems";
import { useColumnMove } from "./useColumnMove";

const nameOf = (column: BoardColumn) => (column.kind === "cluster" ? column.cluster.name : column.console.name);

export function Board() {
  const words = useWords();
  const act = useAct();
  const board = useRef<HTMLElement>(null);
  const consoles = useStore((state) => state.consoles);
  const keys = useStore((state) => state.settings.columns);
  const libraryHidden = useStore((state) => state.layout.libraryHidden);
  const columns = openColumns(consoles, keys);
  const itemsOf = useColumnItems(columns);
  const [said, setSaid] = useState("");
  const move = (from: number, to: number) => {
    const column = columns[from];
    if (!column || to < 0 || to >= columns.length || to === from) return;
    setSaid(words.layout.isNow(nameOf(column), to + 1, columns.length));
    void act.saveSettings({ columns: movedKeys(columns, from, to) });
  };
  const { moving, lift, landingAt } = useColumnMove(board, move);
  return (
    <main ref={board} className="board" aria-label={words.column.board}>
      {columns.length === 0 && (
        <div className="column-slot">
          <div className="column">
            <Blank icon="cluster" title={words.column.noColumns}>
              <span>{words.column.noColumnsHint}</span>
            </Blank>
          </div>
        </div>
      )}
      {columns.map((column, index) => (
        <ColumnSlot
          key={column.key}
          columnKey={column.key}
          name={nameOf(column)}
          canResize={!libraryHidden || index < columns.length - 1}
          lifted={moving?.from === index}
          landing={landingAt(index, columns.length)}
          onLift={lift(index)}
          onStep={(step) => move(index, index + step)}
        >
          {column.kind === "cluster" ? (
            <ClusterColumn console={column.console} cluster={column.cluster} items={itemsOf(column, index)} />
          ) : (
            <ConsoleColumn console={column.console} items={itemsOf(column, index)} />
          )}
        </ColumnSlot>
      ))}
      {!libraryHidden && (
        <ColumnSlot columnKey={null} name={words.common.thisComputer} canResize={false} lifted={false} landing={null}>
          <LibraryColumn />
        </ColumnSlot>
      )}
      <p className="hidden" role="status">
        {said}
      </p>
    </main>
  );
}
