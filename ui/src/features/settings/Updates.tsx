/** Newer versions of the program itself: found when asked for, proven, installed. Nobody is asked before a button is pressed. */

import { useEffect, useRef, useState } from "react";
import { asProblem } from "../../ipc/client";
import type { Problem, UpdatesView, UpdateView } from "../../ipc/generated/contract";
import { Bar, Button, Note, ProblemNote, Spinner, TextField, useAnswer } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { bytes } from "../../strings/format";

export function Updates() {
  const act = useAct();
  const { answer } = useAnswer("updates", () => act.rpc("get_updates", null));
  return answer && <UpdatesPart updates={answer} />;
}

/** What is being done now. */
type Doing = "checking" | "fetching" | "opening" | "installing";
/** How the last of it ended, where it did not find an update. */
type Ended = { kind: "nothing newer" } | { kind: "installed"; version: string } | { kind: "failed"; problem: Problem };

export function UpdatesPart({ updates }: { updates: UpdatesView }) {
  const say = useWords().desktop.updates;
  const act = useAct();
  const endpoint = useStore((state) => state.settings.update_endpoint) ?? "";
  const [address, setAddress] = useState(endpoint);
  const [found, setFound] = useState(updates.found);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [ended, setEnded] = useState<Ended | null>(null);
  const saving = useRef(Promise.resolve());
  const result = useRef<HTMLDivElement>(null);
  const [round, setRound] = useState(0);
  // Where it ended is seen and is where the keyboard goes on: the button that was pressed may be gone.
  useEffect(() => {
    if (round > 0) result.current?.focus();
  }, [round]);

  if (!updates.taken)
    return (
      <>
        <span>{say.title}</span>
        <p className="small t2 updates">{say.notTaken}</p>
      </>
    );

  const save = () => {
    const wanted = address.trim();
    if (wanted !== endpoint) saving.current = act.saveSettings({ update_endpoint: wanted || null });
    return saving.current;
  };
  const perform = async (what: Doing, ask: () => Promise<Ended | null>) => {
    setDoing(what);
    setEnded(null);
    try {
      setEnded(await ask());
    } catch (failure) {
      setEnded({ kind: "failed", problem: asProblem(failure) });
    } finally {
      setDoing(null);
      setRound((before) => before + 1);
    }
  };
  const check = () =>
    perform("checking", async () => {
      await save();
      setFound(null);
      const update = await act.rpc("check_update", null);
      setFound(update);
      return update ? null : { kind: "nothing newer" };
    });
  const fetchIt = () =>
    perform("fetching", async () => {
      setFound(await act.rpc("fetch_update", null));
      return null;
    });
  const open = () =>
    perform("opening", async () => {
      try {
        const update = await act.rpc("open_update", null);
        if (update) setFound(update);
      } catch (failure) {
        // What was found before is forgotten with it.
        setFound(null);
        throw failure;
      }
      return null;
    });
  const install = (version: string) =>
    perform("installing", async () => {
      const installed = await act.rpc("install_update", version);
      setFound(null);
      return installed.restarts ? null : { kind: "installed", version: installed.version };
    });

  return (
    <>
      <TextField
        className="limit address"
        label={say.title}
        inputMode="url"
        value={address}
        onText={setAddress}
        onBlur={() => void save()}
        onKeyDown={(event) => event.key === "Enter" && void save()}
        placeholder="https://"
        hint={say.hint}
      />
      <div className="stack updates" aria-live="polite">
        <div className="pair">
          <Button size="small" icon="retry" disabled={address.trim() === "" || doing !== null} onClick={() => void check()}>
            {address.trim() === "" ? say.noAddress : say.check}
          </Button>
          <Button size="small" icon="folder" disabled={doing !== null} onClick={() => void open()}>
            {say.open}
          </Button>
        </div>
        {doing && (
          <p className="small t2 doing">
            <Spinner /> {say.doing[doing]}
          </p>
        )}
        {doing === "fetching" && <Download />}
        {(ended ?? found) && (
          <div className="stack result" ref={result} tabIndex={-1}>
            {ended && <EndedNote ended={ended} />}
            {found && (
              <Found
                update={found}
                isBusy={doing !== null}
                onFetch={() => void fetchIt()}
                onInstall={(version) => void install(version)}
              />
            )}
          </div>
        )}
      </div>
    </>
  );
}

/** How far the download is. What was found stays, and can be downloaded again. */
function Download() {
  const words = useWords();
  const act = useAct();
  const { done, total } = useStore((state) => state.updateComes);
  return (
    <div className="download" aria-live="off">
      <Bar share={total ? done / total : null} label={words.desktop.updates.doing.fetching} />
      <div className="pair">
        <Button size="small" onClick={() => void act.rpc("stop_fetch", null)}>
          {words.common.cancel}
        </Button>
        <span className="small t2 num">{total === null ? bytes(done) : words.transfers.ofTotal(bytes(done), bytes(total))}</span>
      </div>
    </div>
  );
}

function EndedNote({ ended }: { ended: Ended }) {
  const say = useWords().desktop.updates;
  const version = useStore((state) => state.about?.version ?? "");
  if (ended.kind === "failed") return <ProblemNote problem={ended.problem} />;
  return (
    <Note tone="ok" icon="tick">
      {ended.kind === "installed" ? say.installed(ended.version) : say.nothingNewer(version)}
    </Note>
  );
}

interface FoundProps {
  update: UpdateView;
  isBusy: boolean;
  onFetch: () => void;
  onInstall: (version: string) => void;
}

/** The button that ends the program says so, and there is none before the signature holds. */
function Found({ update, isBusy, onFetch, onInstall }: FoundProps) {
  const say = useWords().desktop.updates;
  return (
    <Note tone={update.proven ? "ok" : undefined} icon={update.proven ? "shield" : "info"}>
      <b>{update.proven ? say.proven(update.version) : say.found(update.version)}</b>
      {update.proven && <p className="mono break">{update.proven}</p>}
      {update.notes && <p className="release-notes">{update.notes}</p>}
      <p className="t2">{update.proven ? say.restarts : say.provenFirst}</p>
      <div className="pair">
        {update.proven ? (
          <Button size="small" look="primary" disabled={isBusy} onClick={() => onInstall(update.version)}>
            {say.install(update.version)}
          </Button>
        ) : (
          <Button size="small" look="primary" icon="download" disabled={isBusy} onClick={onFetch}>
            {say.download(update.version)}
          </Button>
        )}
      </div>
    </Note>
  );
}
