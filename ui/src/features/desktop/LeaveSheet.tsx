/** Asked when the window is closed while jobs run: nothing is lost whichever way, and each says what becomes of them. */
import { useEffect } from "react";
import { Button, Cut, Note, Sheet } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";

const MANY = 4;

export function LeaveSheet({ tray }: { tray: boolean }) {
  const words = useWords();
  const act = useAct();
  const say = words.desktop.leave;
  const jobs = useStore((state) => state.jobs);
  const live = Object.values(jobs).filter((job) => ["queued", "running", "cancelling"].includes(job.state));
  useEffect(() => {
    act.leave("asking");
  }, [act]);
  return (
    <Sheet
      icon="flow"
      width={620}
      title={say.title(live.length)}
      hint={say.hint}
      onClose={() => act.leave("stay")}
      foot={
        <>
          <Button look="quiet" size="large" onClick={() => act.leave("stay")}>
            {words.common.cancel}
          </Button>
          <span className="grow" />
          <Button size="large" onClick={() => act.leave("quit")} data-autofocus={tray ? undefined : true}>
            {say.quit}
          </Button>
          {tray && (
            <Button size="large" look="primary" onClick={() => act.leave("hide")} data-autofocus>
              {say.hide}
            </Button>
          )}
        </>
      }
    >
      <div className="pad stack">
        <ul className="plain">
          {live.slice(0, MANY).map((job) => (
            <li key={job.id}>
              <Cut>{`${words.jobKind[job.kind]} ${job.app_name} · ${words.jobState[job.state]}`}</Cut>
            </li>
          ))}
          {live.length > MANY && <li className="t2">{say.more(live.length - MANY)}</li>}
        </ul>
        <Note icon="info">{tray ? say.bothWays : say.onlyQuit}</Note>
      </div>
    </Sheet>
  );
}
