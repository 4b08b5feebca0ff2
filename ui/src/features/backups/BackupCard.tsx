/** One backup of a column: selected by a click, dragged by pointer or Space, sent by its menu. */
import { useMemo, useState } from "react";
import { type BackupPayload, backupItems, backupPayload } from "../../drag/backupItems";
import { useDragSource } from "../../drag/DragLayer";
import type { AppView, BackupView, ClusterView, TeamName } from "../../ipc/generated/contract";
import { Cut, cx, Icon, Menu, MenuButton, type MenuItem, type Point, Spinner } from "../../parts";
import { teamAlias } from "../../state/board";
import type { Selection } from "../../state/model";
import { useAct, useStore } from "../../state/session";
import { useWords, type Words } from "../../strings";
import { bytes, when } from "../../strings/format";

export interface BackupCardProps {
  cluster: ClusterView;
  team: TeamName;
  app: AppView;
  backup: BackupView;
  /** By time, the row names its app. */
  showsApp: boolean;
}

export function BackupCard({ cluster, team, app, backup, showsApp }: BackupCardProps) {
  const words = useWords();
  const act = useAct();
  const isThis = (one: Selection | null) => one?.kind === "backup" && one.backup === backup.id && one.cluster === cluster.id;
  const isSelected = useStore((state) => isThis(state.selection) || isThis(state.second));
  const payload = useMemo(() => backupPayload(cluster, team, teamAlias(cluster, team), backup), [cluster, team, backup]);
  const drag = useDragSource(`${cluster.id}|${team}|${backup.id}`, payload, false);
  const [at, setAt] = useState<Point | null>(null);
  const itself = useMemo(
    (): Selection => ({ kind: "backup", cluster: cluster.id, team, app: app.id, backup: backup.id }),
    [cluster.id, team, app.id, backup.id],
  );
  const select = (beside: boolean) => (beside ? act.selectSecond(itself) : act.select(itself));
  const items = useBackupItems(payload, itself);

  const time = when(backup.created, new Date(), words.time);
  return (
    <div
      className="backup-row"
      data-backup-version={backup.version}
      data-app-name={app.name}
      data-cluster={cluster.id}
      data-backup-status={backup.status}
    >
      <div
        {...drag.attributes}
        {...drag.listeners}
        role="button"
        tabIndex={0}
        ref={drag.setNodeRef}
        data-row
        className={cx("backup", isSelected && "selected", drag.isDragging && "source")}
        aria-pressed={isSelected}
        aria-label={cardName(app, backup, words)}
        title={backup.created}
        onClick={(event) => select(event.ctrlKey || event.metaKey)}
        onContextMenu={(event) => {
          event.preventDefault();
          setAt({ x: event.clientX, y: event.clientY });
        }}
        onKeyDown={(event) => {
          drag.listeners?.onKeyDown?.(event);
          if (event.key === "Enter") select(event.ctrlKey || event.metaKey);
        }}
      >
        {backup.status === "running" ? <Spinner /> : <Icon name="box" tone={backup.status === "failed" ? "bad" : ""} />}
        <span className="when cut">{showsApp ? <b>{app.name}</b> : time}</span>
        <span className="size">
          {backup.status === "ready" ? bytes(backup.size_bytes) : backup.status === "failed" ? "—" : ""}
        </span>
        <Cut className={cx("line-two", backup.status === "failed" && "bad")}>
          {showsApp ? `${time} · ${secondLine(backup, words)}` : secondLine(backup, words)}
        </Cut>
        <span className="data-sign">
          <span className="wide-word cut">{backup.author}</span>
        </span>
      </div>
      <MenuButton
        icon="dots"
        label={words.backup.menu(`${app.name} ${backup.created}`)}
        size="small"
        className="row-menu"
        tabIndex={-1}
        items={items}
      />
      {at && (
        <Menu label={words.backup.menu(`${app.name} ${backup.created}`)} items={items} at={at} onClose={() => setAt(null)} />
      )}
    </div>
  );
}

/** Contains the app, the time and the version: what people and tests look for. */
function cardName(app: AppView, backup: BackupView, words: Words): string {
  const size = backup.status === "ready" ? bytes(backup.size_bytes) : words.backup[backup.status];
  const rest = [size, words.mode[backup.mode], backup.note, backup.author].filter(Boolean);
  return [words.backup.card(app.name, backup.created, backup.version), ...rest].join(words.comma);
}

function secondLine(backup: BackupView, words: Words): string {
  const first = backup.status === "ready" ? words.mode[backup.mode] : words.backup[backup.status];
  return backup.note ? `${first} · ${backup.note}` : first;
}

function useBackupItems(payload: BackupPayload, itself: Selection): MenuItem[] {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  const freeBytes = useStore((state) => state.library.view?.free_bytes ?? 0);
  const hasOther = useStore((state) => state.selection?.kind === "backup" && state.selection.backup !== payload.backup.id);
  return useMemo(() => {
    const items = backupItems(payload, consoles, freeBytes, act, words);
    if (hasOther) items.push({ label: words.look.selectBoth, icon: "differs", run: () => act.selectSecond(itself) });
    items.push({ label: words.backup.inspect, icon: "panel", run: () => act.select(itself) });
    return items;
  }, [payload, consoles, freeBytes, act, words, hasOther, itself]);
}
