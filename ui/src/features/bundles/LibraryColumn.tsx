/** This computer as a column: the folder of bundles, and files opened from elsewhere. */
import { useMemo } from "react";
import { useDropZone } from "../../drag/DragLayer";
import { DropLine, DropSlot } from "../../drag/DropLine";
import type { Target } from "../../drag/types";
import type { FileView } from "../../ipc/generated/contract";
import { Blank, Button, Cut, cx, Icon, MenuButton, ProblemNote, Spinner, VirtualList } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { bytes } from "../../strings/format";
import { FileCard } from "./FileCard";

type Row = { kind: "heading"; key: string; text: string } | { kind: "file"; key: string; file: FileView; isOpened: boolean };

export function fileRows(files: FileView[], opened: FileView[], search: string, openedTitle: string): Row[] {
  const word = search.trim().toLowerCase();
  const fits = (file: FileView) =>
    `${file.name} ${file.bundle?.app_name ?? ""} ${file.bundle?.note ?? ""}`.toLowerCase().includes(word);
  const row = (isOpened: boolean) => (file: FileView) => ({ kind: "file" as const, key: file.path, file, isOpened });
  const here = files.filter(fits).map(row(false));
  const elsewhere = opened.filter(fits).map(row(true));
  return elsewhere.length === 0 ? here : [{ kind: "heading", key: "opened", text: openedTitle }, ...elsewhere, ...here];
}

const keyOf = (row: Row) => row.key;
const heightOf = (row: Row) => (row.kind === "file" ? 44 : 28);

export function LibraryColumn() {
  const words = useWords();
  const act = useAct();
  const library = useStore((state) => state.library);
  const opened = useStore((state) => state.opened);
  const search = useStore((state) => state.search);
  const selection = useStore((state) => state.selection);
  const freeBytes = library.view?.free_bytes ?? 0;
  const target = useMemo((): Target => ({ kind: "library", freeBytes }), [freeBytes]);
  const zone = useDropZone("library", target);
  const files = library.view?.files ?? [];
  const rows = useMemo(
    () => fileRows(library.view?.files ?? [], opened, search, words.library.openedHere),
    [library.view, opened, search, words],
  );
  const draw = (row: Row) =>
    row.kind === "file" ? <FileCard file={row.file} isOpened={row.isOpened} /> : <div className="group-heading">{row.text}</div>;
  const total = files.reduce((sum, file) => sum + file.size_bytes, 0);

  return (
    <section
      ref={zone.ref}
      className={cx("column this-computer", zone.answer)}
      aria-label={words.common.thisComputer}
      data-drop={zone.id}
    >
      <div className="band" />
      <header className="column-head">
        <div className="row-one">
          <Icon name="computer" />
          <h2 className="cut">{words.common.thisComputer}</h2>
          <span className="grow" />
          <MenuButton
            icon="dots"
            size="small"
            label={`${words.column.menu}${words.colon}${words.common.thisComputer}`}
            items={[
              { label: words.library.chooseFolder, icon: "folder", run: act.chooseLibrary },
              { label: words.library.reveal, icon: "out", run: () => library.view && act.reveal(library.view.folder) },
              { label: words.column.refresh, icon: "retry", run: act.loadLibrary },
            ]}
          />
        </div>
        <div className="row-two">
          <span className="field folder">
            <Icon name="folder" />
            <Cut>{library.view?.folder ?? ""}</Cut>
          </span>
          <Button size="small" onClick={act.chooseFile}>
            {words.library.open}
          </Button>
        </div>
      </header>
      <DropLine zone={zone} target={target} />
      <DropSlot zone={zone} target={target} />
      {library.problem && <ProblemNote problem={library.problem} title={words.library.cannotRead} />}
      {library.view?.problems.map((problem) => (
        <ProblemNote key={problem.message} problem={problem} title={words.library.cannotRead} />
      ))}
      <div className="column-body" aria-busy={library.loading}>
        {rows.length > 0 ? (
          <VirtualList
            label={words.library.list}
            rows={rows}
            keyOf={keyOf}
            heightOf={heightOf}
            draw={draw}
            reveal={selection?.kind === "file" ? selection.path : null}
          />
        ) : library.view === null ? (
          library.problem ? null : (
            <div className="blank" role="status">
              <Spinner />
              <b>{words.common.loading}</b>
            </div>
          )
        ) : search && files.length > 0 ? (
          <Blank icon="search" title={words.column.nothingFits} />
        ) : (
          <Blank icon="bundle" title={words.library.empty}>
            <span>{words.library.emptyHint}</span>
            <Button onClick={act.chooseFile}>{words.library.openFile}</Button>
          </Blank>
        )}
      </div>
      <footer className="column-foot padded">
        <Cut>{words.library.files(files.length, bytes(total))}</Cut>
        <span className="grow" />
        {library.view && <Cut>{words.library.free(bytes(freeBytes))}</Cut>}
      </footer>
    </section>
  );
}
