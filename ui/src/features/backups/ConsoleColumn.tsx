/** A console whose clusters are not known: connecting, or why it cannot be reached. */
import { useMemo } from "react";
import { useDropZone } from "../../drag/DragLayer";
import { DropLine } from "../../drag/DropLine";
import type { Target } from "../../drag/types";
import type { ConsoleView } from "../../ipc/generated/contract";
import { cx, ENV_CLASS, type MenuItem } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";
import { Connecting, Unreachable } from "./ColumnBody";
import { ColumnHead } from "./ColumnHead";

export function ConsoleColumn({ console, items }: { console: ConsoleView; items: MenuItem[] }) {
  const words = useWords();
  const act = useAct();
  const state = console.state.kind;
  const target = useMemo((): Target => ({ kind: "console", console: state }), [state]);
  const zone = useDropZone(`col:${console.id}`, target);
  return (
    <section
      ref={zone.ref}
      className={cx("column", ENV_CLASS[console.environment], zone.answer)}
      aria-label={console.name}
      data-cluster={console.id}
      data-drop={zone.id}
    >
      <ColumnHead name={console.name} environment={console.environment} readOnly={console.read_only} items={items} />
      <DropLine zone={zone} target={target} />
      {console.state.kind === "failed" ? (
        <Unreachable
          title={words.column.cannotReach(console.name)}
          problem={console.state.problem}
          onRetry={() => act.refreshConsole(console.id)}
          onEdit={() => act.openSheet({ kind: "console", id: console.id })}
        />
      ) : (
        <Connecting />
      )}
      <footer className="column-foot">
        <span className="foot-note cut">{console.url}</span>
      </footer>
    </section>
  );
}
