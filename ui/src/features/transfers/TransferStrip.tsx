/** The closed drawer: how many jobs there are, and the one that runs. */
import { useMemo } from "react";
import { Bar, Cut, Icon, placeName, useNow } from "../../parts";
import { orderedJobs } from "../../state/board";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { QuietNote } from "./QuietNote";
import { howFarLine, isLive, shareDone, timeWords } from "./words";

export function TransferStrip() {
  const words = useWords();
  const act = useAct();
  const byId = useStore((state) => state.jobs);
  const jobs = useMemo(() => orderedJobs(byId), [byId]);
  const count = (state: string) => jobs.filter((job) => job.state === state).length;
  const running = jobs.find((job) => job.state === "running" || job.state === "cancelling");
  const now = useNow(jobs.some(isLive));
  return (
    <footer className="strip">
      <button
        type="button"
        className="strip-open"
        aria-label={words.transfers.expand}
        aria-expanded={false}
        onClick={act.toggleDrawer}
      >
        <Icon name="up" />
        <b>{words.transfers.title}</b>
        <span>{words.transfers.summary(count("running") + count("cancelling"), count("queued"), count("failed"))}</span>
      </button>
      {jobs.some(isLive) && <QuietNote now={now} />}
      {running && (
        <>
          <span className="sep" />
          <Cut className="strip-job">{`${running.app_name} → ${placeName(running.target, words)}`}</Cut>
          <Bar share={shareDone(running)} label={running.app_name} />
          <span className="num cut hide-narrow">
            {[howFarLine(running, words), timeWords(running, now, words)].filter(Boolean).join(" · ")}
          </span>
        </>
      )}
    </footer>
  );
}
