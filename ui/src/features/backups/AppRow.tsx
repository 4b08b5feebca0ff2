/** The head of an app's backups: folded by a click, dragged by pointer or Space, sent by its menu; an empty app is a place to drop. */
import { useMemo, useState } from "react";
import { appItems, appPayload } from "../../drag/appItems";
import { useDragSource, useDropZone } from "../../drag/DragLayer";
import type { Target } from "../../drag/types";
import type { AppView } from "../../ipc/generated/contract";
import { Cut, cx, Icon, Menu, MenuButton, type Point, StateSign } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";

export interface AppRowProps {
  app: AppView;
  isOpen: boolean;
  onToggle: () => void;
  /** The column it stands in, as a place to drop. */
  column: Extract<Target, { kind: "team" }>;
}

export function AppRow({ app, isOpen, onToggle, column }: AppRowProps) {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  const freeBytes = useStore((state) => state.library.view?.free_bytes ?? 0);
  const target = useMemo((): Target => ({ ...column, app }), [column, app]);
  const payload = useMemo(() => appPayload(column, app), [column, app]);
  const drag = useDragSource(`app|${payload.cluster}|${payload.team}|${app.id}`, payload, false);
  const isEmpty = app.component_count === 0;
  const zone = useDropZone(isEmpty ? `col:${column.cluster.id}#${app.id}` : `none:${column.cluster.id}:${app.id}`, target);
  const takes = isEmpty && (zone.answer === "yes" || zone.answer === "over") ? zone.answer : null;
  const [at, setAt] = useState<Point | null>(null);
  const items = useMemo(() => appItems(payload, consoles, freeBytes, act, words), [payload, consoles, freeBytes, act, words]);
  return (
    <div
      ref={isEmpty ? zone.ref : undefined}
      className={cx("app-row", takes, drag.isDragging && "source")}
      data-app-name={app.name}
      data-drop={isEmpty ? zone.id : undefined}
    >
      <button
        {...drag.attributes}
        {...drag.listeners}
        ref={drag.setNodeRef}
        type="button"
        data-row
        className="app-toggle"
        aria-expanded={app.backups.length > 0 ? isOpen : undefined}
        aria-label={[app.name, words.appState[app.state], words.common.components(app.component_count)].join(words.comma)}
        title={`${app.name} · ${words.common.running(app.running_count, app.component_count)}`}
        onClick={onToggle}
        onContextMenu={(event) => {
          event.preventDefault();
          setAt({ x: event.clientX, y: event.clientY });
        }}
      >
        {app.backups.length > 0 ? <Icon name={isOpen ? "down" : "chevron"} /> : <span className="icon" />}
        <Cut className="app-name">{app.name}</Cut>
        <span className="count wide-word">{app.component_count > 0 && words.common.components(app.component_count)}</span>
        <span className="grow" />
        <StateSign state={app.state} />
      </button>
      <MenuButton icon="dots" size="small" className="row-menu" label={words.backup.menu(app.name)} items={items} />
      {at && <Menu label={words.backup.menu(app.name)} items={items} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}
