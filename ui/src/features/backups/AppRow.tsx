/** The head of an app's backups; while dragging, an empty app is a place to drop. */
import { useMemo } from "react";
import { useDropZone } from "../../drag/DragLayer";
import type { Target } from "../../drag/types";
import type { AppView } from "../../ipc/generated/contract";
import { Cut, cx, Icon, MenuButton, StateSign } from "../../parts";
import { useWords } from "../../strings";

export interface AppRowProps {
  app: AppView;
  isOpen: boolean;
  onToggle: () => void;
  /** None where nothing may be written. */
  onBackUp: (() => void) | null;
  /** The column it stands in, as a place to drop. */
  column: Extract<Target, { kind: "team" }>;
}

export function AppRow({ app, isOpen, onToggle, onBackUp, column }: AppRowProps) {
  const words = useWords();
  const target = useMemo((): Target => ({ ...column, app }), [column, app]);
  const isEmpty = app.component_count === 0;
  const zone = useDropZone(isEmpty ? `col:${column.cluster.id}#${app.id}` : `none:${column.cluster.id}:${app.id}`, target);
  const takes = isEmpty && (zone.answer === "yes" || zone.answer === "over") ? zone.answer : null;
  return (
    <div
      ref={isEmpty ? zone.ref : undefined}
      className={cx("app-row", takes)}
      data-app-name={app.name}
      data-drop={isEmpty ? zone.id : undefined}
    >
      <button
        type="button"
        data-row
        className="app-toggle"
        aria-expanded={app.backups.length > 0 ? isOpen : undefined}
        aria-label={[app.name, words.appState[app.state], words.common.components(app.component_count)].join(words.comma)}
        title={`${app.name} · ${words.common.running(app.running_count, app.component_count)}`}
        onClick={onToggle}
      >
        {app.backups.length > 0 ? <Icon name={isOpen ? "down" : "chevron"} /> : <span className="icon" />}
        <Cut className="app-name">{app.name}</Cut>
        <span className="count wide-word">{app.component_count > 0 && words.common.components(app.component_count)}</span>
        <span className="grow" />
        <StateSign state={app.state} />
      </button>
      {onBackUp && (
        <MenuButton
          icon="dots"
          size="small"
          className="row-menu"
          label={words.backup.menu(app.name)}
          items={[{ label: words.column.backUpApp(app.name), icon: "plus", run: onBackUp }]}
        />
      )}
    </div>
  );
}
