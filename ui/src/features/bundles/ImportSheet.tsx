/** A file that the desktop opened with Rainferry: what it is, and the teams it may be imported to. */
import { sendItems } from "../../drag/sendItems";
import type { FileView } from "../../ipc/generated/contract";
import { Button, Note, PassphraseForm, ProblemNote, Sheet } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { bytes, versionTime, when } from "../../strings/format";

export function ImportSheet({ path }: { path: string }) {
  const words = useWords();
  const act = useAct();
  const say = words.desktop.asked;
  const file = useStore((state) => [...state.opened, ...(state.library.view?.files ?? [])].find((one) => one.path === path));
  if (!file) return null;
  const isLocked = file.kind === "locked";
  return (
    <Sheet
      icon={isLocked ? "lock" : file.kind === "ticket" ? "ticket" : "bundle"}
      width={620}
      title={<span className="cut">{say.title(file.name)}</span>}
      hint={say.hint}
      onClose={act.closeSheet}
      foot={
        <>
          <span className="grow small t2">{say.nothingYet}</span>
          <Button size="large" onClick={act.closeSheet}>
            {say.leave}
          </Button>
        </>
      }
    >
      <div className="pad stack">
        {file.problem ? <ProblemNote problem={file.problem} /> : <About file={file} />}
        {isLocked && (
          <PassphraseForm
            hint={words.passphrase.openHint}
            button={words.passphrase.open}
            onGive={(typed) => act.unlock(path, typed)}
          />
        )}
        {(file.kind === "bundle" || file.kind === "ticket") && <Teams file={file} />}
      </div>
    </Sheet>
  );
}

function About({ file }: { file: FileView }) {
  const words = useWords();
  const say = words.desktop.asked;
  const from = [file.bundle?.cluster_name, file.bundle?.team_alias].filter(Boolean).join(" / ");
  return (
    <dl className="pairs">
      {file.bundle && (
        <>
          <dt>{say.app}</dt>
          <dd>{file.bundle.app_name}</dd>
          <dt>{say.time}</dt>
          <dd>{when(versionTime(file.bundle.version), new Date(), words.time)}</dd>
        </>
      )}
      {from && (
        <>
          <dt>{say.from}</dt>
          <dd>{from}</dd>
        </>
      )}
      <dt>{say.file}</dt>
      <dd className="mono break">{`${file.path} · ${bytes(file.size_bytes)}`}</dd>
    </dl>
  );
}

/** The same places, and the same reasons, as in the menu of the file. */
function Teams({ file }: { file: FileView }) {
  const words = useWords();
  const act = useAct();
  const say = words.desktop.asked;
  const consoles = useStore((state) => state.consoles);
  const teams = sendItems({ kind: "file", file }, consoles, 0, act, words)[0]?.items ?? [];
  if (teams.length === 0)
    return (
      <>
        <Note icon="cluster">{say.noTeams}</Note>
        <div>
          <Button look="primary" icon="plus" onClick={() => act.openSheet({ kind: "console", id: null })}>
            {words.welcome.add}
          </Button>
        </div>
      </>
    );
  return (
    <section className="teams" aria-label={say.where}>
      <h2>{say.where}</h2>
      {teams.map((team) => (
        <div className="team-line" key={team.label}>
          <Button size="large" disabled={team.disabled} onClick={team.run}>
            {team.label}
          </Button>
          {team.aside}
        </div>
      ))}
    </section>
  );
}
