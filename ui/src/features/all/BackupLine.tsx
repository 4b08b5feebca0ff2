/** One backup in the list of all, and the heads of its columns, which sort. */
import { useMemo, useState } from "react";
import { backupItems, backupPayload } from "../../drag/backupItems";
import type { BackupRow, ClusterView } from "../../ipc/generated/contract";
import { Cut, DataSign, Icon, Menu, MenuButton, type Point, Spinner } from "../../parts";
import type { BackupsChoice } from "../../state/model";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { bytes, when } from "../../strings/format";

type Sort = BackupsChoice["sort"];

export function LineHeads({ choice, onChange }: { choice: BackupsChoice; onChange: (part: Partial<BackupsChoice>) => void }) {
  const words = useWords();
  const say = words.official.all;
  const head = (sort: Sort, label: string) => {
    const isOn = choice.sort === sort;
    const way = choice.descending ? say.descending : say.ascending;
    return (
      <button
        type="button"
        className={isOn ? "line-head on" : "line-head"}
        aria-pressed={isOn}
        aria-label={isOn ? `${say.sortBy} ${label}${words.comma}${way}` : `${say.sortBy} ${label}`}
        onClick={() => onChange({ sort, descending: isOn ? !choice.descending : sort !== "app" })}
      >
        {label}
        {isOn && <Icon name={choice.descending ? "down" : "up"} size="tiny" />}
      </button>
    );
  };
  return (
    <div className="all-row heads">
      <span />
      {head("app", say.app)}
      <span className="team-cell">{say.team}</span>
      {head("time", say.time)}
      <span className="mode-cell">{say.mode}</span>
      {head("size", say.size)}
      <span>{say.data}</span>
      <span />
    </div>
  );
}

export function BackupLine({ row, cluster }: { row: BackupRow; cluster: ClusterView }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.all;
  const { backup } = row;
  const consoles = useStore((state) => state.consoles);
  const freeBytes = useStore((state) => state.library.view?.free_bytes ?? 0);
  const [at, setAt] = useState<Point | null>(null);
  const items = useMemo(
    () => backupItems(backupPayload(cluster, row.team, row.team_alias, row.backup), consoles, freeBytes, act, words),
    [row, cluster, consoles, freeBytes, act, words],
  );
  const label = words.backup.menu(`${backup.app_name} ${backup.created}`);
  const under = [backup.status === "failed" ? words.backup.failed : "", backup.note, backup.author].filter(Boolean).join(" · ");
  return (
    <div
      className="all-row"
      role="group"
      aria-label={words.backup.card(backup.app_name, backup.created, backup.version)}
      data-backup-version={backup.version}
      data-app-name={backup.app_name}
      data-backup-status={backup.status}
      onContextMenu={(event) => {
        event.preventDefault();
        setAt({ x: event.clientX, y: event.clientY });
      }}
    >
      {backup.status === "running" ? <Spinner /> : <Icon name="box" tone={backup.status === "failed" ? "bad" : "t3"} />}
      <span className="app-cell">
        <span className="pair">
          <Cut className="app-name">{backup.app_name}</Cut>
          {row.app_deleted && <span className="tag">{say.deletedTag}</span>}
          {backup.hot && (
            <span className="tag warn" title={say.hotHint}>
              {say.hotTag}
            </span>
          )}
        </span>
        <Cut className={backup.status === "failed" ? "small bad" : "small t3"}>{under || "—"}</Cut>
      </span>
      <Cut className="t2 team-cell">{row.team_alias || row.team}</Cut>
      <span className="num cut" title={backup.created}>
        {when(backup.created, new Date(), words.time)}
      </span>
      <span className="t2 mode-cell">{words.mode[backup.mode]}</span>
      <span className="num size-cell">
        {backup.status === "ready" ? bytes(backup.size_bytes) : backup.status === "failed" ? "—" : words.backup.running}
      </span>
      <DataSign sign={row.data} />
      <MenuButton data-row icon="dots" size="small" label={label} items={items} />
      {at && <Menu label={label} items={items} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}
