/** The list of clusters and places on the left; a rail in a narrow window. */

import { useMemo } from "react";
import { useDropZone } from "../../drag/DragLayer";
import type { Target } from "../../drag/types";
import type { Environment } from "../../ipc/generated/contract";
import { Cut, cx, ENV_CLASS, EnvTag, Icon, IconButton } from "../../parts";
import { allColumns, type BoardColumn, openColumns, pickTeam, teamAlias } from "../../state/board";
import { EVERY_JOB } from "../../state/model";
import { useAct, useStore } from "../../state/session";
import { useWords, type Words } from "../../strings";
import { SampleBox } from "./SampleBox";

export function Sidebar() {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  const settings = useStore((state) => state.settings);
  const jobs = useStore((state) => state.jobs);
  const drawerOpen = useStore((state) => state.drawerOpen);
  const fileCount = useStore((state) => state.library.view?.files.length ?? 0);
  const open = useMemo(() => new Set(openColumns(consoles, settings.columns).map((column) => column.key)), [consoles, settings]);
  const live = Object.values(jobs).filter(
    (job) => job.state === "running" || job.state === "queued" || job.state === "cancelling",
  ).length;

  const toggle = (column: BoardColumn) => {
    const keys = openColumns(consoles, settings.columns).map((one) => one.key);
    if (!open.has(column.key)) return act.saveSettings({ columns: [...keys, column.key] });
    document.querySelector(`[data-cluster="${CSS.escape(column.key)}"]`)?.scrollIntoView({ inline: "nearest", block: "nearest" });
  };
  const showLibrary = () => {
    act.hideLibrary(false);
    requestAnimationFrame(() =>
      document.querySelector(".column.this-computer")?.scrollIntoView({ inline: "nearest", block: "nearest" }),
    );
  };

  return (
    <nav className="side" aria-label={words.side.nav}>
      <h3>
        {words.side.clusters}
        <IconButton
          icon="plus"
          size="small"
          label={words.top.addCluster}
          onClick={() => act.openSheet({ kind: "console", id: null })}
        />
      </h3>
      <ul className="side-list">
        {allColumns(consoles).map((column) => (
          <li key={column.key}>
            <ClusterItem column={column} isOpen={open.has(column.key)} onPick={() => toggle(column)} />
          </li>
        ))}
      </ul>
      <h3>{words.side.files}</h3>
      <button type="button" className="side-item" onClick={showLibrary}>
        <Icon name="computer" />
        <Cut>{words.common.thisComputer}</Cut>
        <span className="count">{fileCount}</span>
      </button>
      <h3>{words.side.work}</h3>
      <button type="button" className="side-item" aria-expanded={drawerOpen} onClick={act.toggleDrawer}>
        <Icon name="swap" />
        <Cut>{words.side.transfers}</Cut>
        {live > 0 && <span className="count">{live}</span>}
      </button>
      <button type="button" className="side-item" onClick={() => act.openSheet({ kind: "history", choice: EVERY_JOB })}>
        <Icon name="history" />
        <Cut>{words.history.title}</Cut>
      </button>
      <span className="grow" />
      <SampleBox />
    </nav>
  );
}

function look(column: BoardColumn, isOpen: boolean, words: Words): { dot: string; text: string } {
  const state = column.console.state.kind;
  if (state === "failed") return { dot: "no", text: words.side.failed };
  if (column.kind === "cluster" && !column.cluster.healthy) return { dot: "no", text: words.side.unhealthy };
  if (!isOpen) return { dot: "closed", text: words.side.closed };
  if (state === "connecting") return { dot: "wait", text: words.side.connecting };
  return state === "ready" ? { dot: "", text: words.side.connected } : { dot: "closed", text: words.side.unknown };
}

function ClusterItem({ column, isOpen, onPick }: { column: BoardColumn; isOpen: boolean; onPick: () => void }) {
  const words = useWords();
  const isCluster = column.kind === "cluster";
  const name = isCluster ? column.cluster.name : column.console.name;
  const environment: Environment = isCluster ? column.cluster.environment : column.console.environment;
  const { dot, text } = look(column, isOpen, words);
  const body = (
    <>
      <span className={cx("connection", dot)} title={text} />
      <span className={`rail-letter ${ENV_CLASS[environment]}`}>{words.environment[environment].slice(0, 1)}</span>
      <Cut>{name}</Cut>
      {column.console.plain_http && (
        <span className="tag warn" title={words.connect.plainHttp}>
          HTTP
        </span>
      )}
      <EnvTag environment={environment} />
    </>
  );
  const plain = column.console.plain_http ? [words.connect.plainHttp] : [];
  const label = [name, words.environment[environment], text, ...plain].join(words.comma);
  if (!isCluster) return <SideButton label={label} body={body} isOpen={isOpen} onPick={onPick} />;
  return <DroppableItem column={column} label={label} body={body} isOpen={isOpen} onPick={onPick} />;
}

interface ItemProps {
  label: string;
  body: React.ReactNode;
  isOpen: boolean;
  onPick: () => void;
}

function SideButton({ label, body, isOpen, onPick }: ItemProps) {
  return (
    <button type="button" className={cx("side-item", !isOpen && "dim")} aria-label={label} title={label} onClick={onPick}>
      {body}
    </button>
  );
}

/** A cluster whose column is closed, or out of view, takes a drop here. */
function DroppableItem({ column, ...item }: ItemProps & { column: Extract<BoardColumn, { kind: "cluster" }> }) {
  const team = useStore((state) => pickTeam(state, column.cluster.id));
  const target = useMemo(
    (): Target => ({
      kind: "team",
      cluster: column.cluster,
      console: column.console.state.kind,
      team,
      teamAlias: team === null ? "" : teamAlias(column.cluster, team),
      app: null,
    }),
    [column, team],
  );
  const zone = useDropZone(`side:${column.key}`, target);
  const pick = zone.answer === "over" ? "over" : zone.answer === "yes" ? "pick" : null;
  return (
    <div ref={zone.ref} className={cx("side-drop", pick)} data-drop={zone.id}>
      <SideButton {...item} />
    </div>
  );
}
