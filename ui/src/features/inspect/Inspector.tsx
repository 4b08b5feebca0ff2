/** The panel on the right: what the chosen backup or file is, and what is inside. */
import { useMemo } from "react";
import { backupPayload, keepItems } from "../../drag/backupItems";
import { sendItems } from "../../drag/sendItems";
import type { Payload } from "../../drag/types";
import type { AppView, BackupView, ClusterView, FileView, PlanSource } from "../../ipc/generated/contract";
import { Blank, Cut, EnvTag, IconButton, PassphraseForm, ProblemNote } from "../../parts";
import { clusterById, selectedBackup, selectedFile, teamAlias } from "../../state/board";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { bytes, versionTime } from "../../strings/format";
import { Contents } from "./Contents";
import { LookInside } from "./LookInside";
import { Pair } from "./Pair";
import { SendButtons } from "./SendButtons";

export function Inspector() {
  const words = useWords();
  const act = useAct();
  const selection = useStore((state) => state.selection);
  const backup = useSelectedBackup();
  const file = useStore((state) => selectedFile(state, state.selection));
  const second = useStore((state) => state.second);
  return (
    <aside className="inspector" aria-label={words.inspect.title}>
      {selection?.kind === "backup" && second?.kind === "backup" ? (
        <Pair first={selection} second={second} />
      ) : backup && selection?.kind === "backup" ? (
        <OfBackup key={backup.backup.id} {...backup} team={selection.team} />
      ) : file ? (
        <OfFile key={file.path} file={file} />
      ) : (
        <>
          <div className="inspector-head">
            <div className="row-one">
              <b className="grow">{words.inspect.title}</b>
              <IconButton icon="close" size="small" label={words.common.close} onClick={act.toggleInspector} />
            </div>
          </div>
          <Blank icon="panel" title={words.inspect.nothing}>
            <span>{words.inspect.nothingHint}</span>
          </Blank>
        </>
      )}
    </aside>
  );
}

function useSelectedBackup(): { app: AppView; backup: BackupView; cluster: ClusterView } | null {
  const selection = useStore((state) => state.selection);
  const columns = useStore((state) => state.columns);
  const consoles = useStore((state) => state.consoles);
  return useMemo(() => {
    if (selection?.kind !== "backup") return null;
    const cluster = clusterById(consoles, selection.cluster);
    const found = selectedBackup({ columns }, selection);
    return cluster && found ? { ...found, cluster } : null;
  }, [selection, columns, consoles]);
}

function Head({ title, under }: { title: string; under: string }) {
  const words = useWords();
  const act = useAct();
  return (
    <div className="inspector-head">
      <div className="row-one">
        <h2 className="grow cut">
          <Cut>{title}</Cut>
        </h2>
        <IconButton icon="close" size="small" label={words.common.close} onClick={act.toggleInspector} />
      </div>
      <div className="small t2 num cut">{under}</div>
    </div>
  );
}

function OfBackup({ app, backup, cluster, team }: { app: AppView; backup: BackupView; cluster: ClusterView; team: string }) {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  const freeBytes = useStore((state) => state.library.view?.free_bytes ?? 0);
  const alias = teamAlias(cluster, team);
  const payload = useMemo(() => backupPayload(cluster, team, alias, backup), [cluster, team, alias, backup]);
  const source = useMemo(
    (): PlanSource => ({ kind: "backup", cluster: cluster.id, team, backup: backup.id }),
    [cluster.id, team, backup.id],
  );
  const size = backup.status === "ready" ? bytes(backup.size_bytes) : words.backup[backup.status];
  return (
    <>
      <Head title={app.name} under={`${backup.created} · ${words.mode[backup.mode]} · ${size}`} />
      <div className="inspector-body">
        <div className="section">
          <dl className="pairs">
            <dt>{words.inspect.from}</dt>
            <dd className="place">
              <Cut>{words.common.place(cluster.name, alias)}</Cut>
              <EnvTag environment={cluster.environment} />
            </dd>
            <dt>{words.inspect.version}</dt>
            <dd className="num">{backup.version}</dd>
            {backup.note && (
              <>
                <dt>{words.inspect.note}</dt>
                <dd className="break">{backup.note}</dd>
              </>
            )}
            {backup.author && (
              <>
                <dt>{words.inspect.author}</dt>
                <dd>{backup.author}</dd>
              </>
            )}
            <dt>{words.inspect.platform}</dt>
            <dd className="num">{`Rainbond ${cluster.version}`}</dd>
          </dl>
        </div>
        {backup.status === "ready" ? (
          <>
            <LookInside
              source={source}
              app={app.name}
              name={words.official.compare.backup(app.name, backup.created, words.common.place(cluster.name, alias))}
            />
            <Contents source={source} />
          </>
        ) : (
          <p className="section small t2">{words.backup[backup.status]}</p>
        )}
      </div>
      <SendButtons
        items={sendItems(payload, consoles, freeBytes, act, words)}
        more={keepItems(payload, cluster.read_only, act, words)}
      />
    </>
  );
}

function OfFile({ file }: { file: FileView }) {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  const payload = useMemo((): Payload => ({ kind: "file", file }), [file]);
  const source = useMemo((): PlanSource => ({ kind: "file", path: file.path }), [file.path]);
  const bundle = file.bundle;
  return (
    <>
      <Head
        title={bundle?.app_name || file.name}
        under={`${bundle ? `${versionTime(bundle.version)} · ` : ""}${bytes(file.size_bytes)}`}
      />
      <div className="inspector-body">
        <div className="section">
          <dl className="pairs">
            <dt>{words.inspect.path}</dt>
            <dd className="break">{file.path}</dd>
            {bundle?.cluster_name && (
              <>
                <dt>{words.inspect.from}</dt>
                <dd>{words.common.place(bundle.cluster_name, bundle.team_alias)}</dd>
              </>
            )}
            {bundle?.note && (
              <>
                <dt>{words.inspect.note}</dt>
                <dd className="break">{bundle.note}</dd>
              </>
            )}
            {bundle?.author && (
              <>
                <dt>{words.inspect.author}</dt>
                <dd>{bundle.author}</dd>
              </>
            )}
            {bundle?.platform_version && (
              <>
                <dt>{words.inspect.platform}</dt>
                <dd className="num">{`Rainbond ${bundle.platform_version}`}</dd>
              </>
            )}
            {file.encrypted && (
              <>
                <dt>{words.passphrase.encryption}</dt>
                <dd>{file.kind === "locked" ? words.passphrase.locked : words.passphrase.opened}</dd>
              </>
            )}
            {file.kind === "bundle" && (
              <>
                <dt>{words.inspect.state}</dt>
                <dd className={bundle?.verified ? "ok" : "t2"}>
                  {bundle?.verified ? words.library.verified : words.library.notVerified}
                </dd>
              </>
            )}
          </dl>
          {file.kind === "ticket" && <p className="small warn">{words.inspect.ticketHint}</p>}
        </div>
        {file.problem && <ProblemNote problem={file.problem} />}
        {file.kind === "locked" && (
          <div className="section">
            <PassphraseForm
              hint={words.passphrase.openHint}
              button={words.passphrase.open}
              onGive={(passphrase) => act.unlock(file.path, passphrase)}
            />
          </div>
        )}
        {file.kind === "bundle" && (
          <>
            <LookInside source={source} app={bundle?.app_name || file.name} name={file.name} />
            <Contents source={source} />
          </>
        )}
      </div>
      {file.kind !== "unreadable" && <SendButtons items={sendItems(payload, consoles, 0, act, words)} />}
    </>
  );
}
