/** A file of this computer: a bundle, a ticket, or one that cannot be read. */
import { useMemo, useState } from "react";
import { useDragSource } from "../../drag/DragLayer";
import { sendItems } from "../../drag/sendItems";
import type { Payload } from "../../drag/types";
import type { FileView } from "../../ipc/generated/contract";
import { Cut, cx, Icon, type IconName, Menu, MenuButton, type MenuItem, type Point } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords, type Words } from "../../strings";
import { bytes, versionTime, when } from "../../strings/format";

const ICONS: Record<FileView["kind"], IconName> = {
  bundle: "bundle",
  locked: "lock",
  ticket: "ticket",
  unreadable: "bundle",
};
const TONES: Record<FileView["kind"], string> = { bundle: "", locked: "", ticket: "warn", unreadable: "bad" };

export function FileCard({ file, isOpened }: { file: FileView; isOpened: boolean }) {
  const words = useWords();
  const act = useAct();
  const isSelected = useStore((state) => state.selection?.kind === "file" && state.selection.path === file.path);
  const payload = useMemo((): Payload => ({ kind: "file", file }), [file]);
  const drag = useDragSource(`file|${file.path}`, payload, false);
  const [at, setAt] = useState<Point | null>(null);
  const items = useFileItems(file, payload, isOpened);
  const select = () => act.select({ kind: "file", path: file.path });
  const second = useSecondLine(file);
  return (
    <div
      className="backup-row"
      data-app-name={file.bundle?.app_name ?? ""}
      data-backup-version={file.bundle?.version ?? ""}
      data-file-name={file.name}
      data-file-kind={file.kind}
    >
      <div
        {...drag.attributes}
        {...drag.listeners}
        role="button"
        tabIndex={0}
        ref={drag.setNodeRef}
        data-row
        className={cx("backup flat", isSelected && "selected", drag.isDragging && "source")}
        aria-pressed={isSelected}
        aria-label={fileLabel(file, words)}
        title={file.path}
        onClick={select}
        onContextMenu={(event) => {
          event.preventDefault();
          setAt({ x: event.clientX, y: event.clientY });
        }}
        onKeyDown={(event) => {
          drag.listeners?.onKeyDown?.(event);
          if (event.key === "Enter") select();
        }}
      >
        <Icon name={ICONS[file.kind]} tone={TONES[file.kind]} />
        <span className="when cut">{(file.kind === "bundle" && file.bundle?.app_name) || file.name}</span>
        <span className="size">{bytes(file.size_bytes)}</span>
        <Cut className={cx("line-two num", TONES[file.kind])}>{second}</Cut>
        <span className="data-sign">
          {file.kind === "bundle" && file.encrypted && (
            <span title={words.passphrase.opened} data-lock="open">
              <Icon name="lock" />
            </span>
          )}
          {file.kind === "bundle" && file.bundle?.verified && (
            <span className="ok" title={words.library.verified}>
              <Icon name="shield" />
            </span>
          )}
        </span>
      </div>
      <MenuButton
        icon="dots"
        label={words.backup.menu(file.name)}
        size="small"
        className="row-menu"
        tabIndex={-1}
        items={items}
      />
      {at && <Menu label={words.backup.menu(file.name)} items={items} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}

function useSecondLine(file: FileView): string {
  const words = useWords();
  if (file.kind === "ticket") return words.library.ticket;
  if (file.kind === "locked") return words.passphrase.locked;
  if (file.kind === "unreadable" || !file.bundle)
    return file.problem ? words.problems[file.problem.code].title : words.library.damaged;
  return `${when(versionTime(file.bundle.version), new Date(), words.time)} · ${file.bundle.cluster_name}`;
}

function fileLabel(file: FileView, words: Words): string {
  const about = file.bundle
    ? [file.bundle.app_name, versionTime(file.bundle.version), file.bundle.version]
    : [file.kind === "locked" ? words.passphrase.locked : words.library.damaged];
  const kind =
    file.kind === "ticket" ? [words.library.ticket] : file.kind === "bundle" && file.encrypted ? [words.passphrase.opened] : [];
  return [file.name, ...about, bytes(file.size_bytes), ...kind].filter(Boolean).join(words.comma);
}

function useFileItems(file: FileView, payload: Payload, isOpened: boolean): MenuItem[] {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  return useMemo(() => {
    const items = file.kind === "unreadable" ? [] : sendItems(payload, consoles, 0, act, words);
    if (file.kind === "locked") {
      const sheet = { kind: "passphrase" as const, path: file.path, name: file.name };
      items.push({ label: words.passphrase.openWith, icon: "lock", run: () => act.openSheet(sheet) });
    }
    if (file.kind === "bundle") items.push({ label: words.library.verify, icon: "shield", run: () => act.verify(file.path) });
    items.push({ label: words.library.reveal, icon: "folder", run: () => act.reveal(file.path) });
    if (isOpened) items.push({ label: words.library.putAway, icon: "close", run: () => act.putAway(file.path) });
    return items;
  }, [file, payload, consoles, isOpened, act, words]);
}
