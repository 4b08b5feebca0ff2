/** What the page tells the desktop: words for the menu of the tray, and notes of jobs that ended, in the language of the window. */
import { useEffect, useRef } from "react";
import type { JobView } from "../ipc/generated/contract";
import { useAct, useStore } from "../state/session";
import { useWords, type Words } from "../strings";

export function useDesktop() {
  const words = useWords();
  const act = useAct();
  const isReady = useStore((state) => state.ready);
  const jobs = useStore((state) => state.jobs);
  const before = useRef<Record<string, JobView>>({});

  useEffect(() => {
    if (isReady) act.nameTray(words.desktop.tray);
  }, [act, isReady, words]);
  useEffect(() => {
    for (const note of notes(before.current, jobs, words)) act.notify(note);
    before.current = jobs;
  }, [act, jobs, words]);
}

/** Of jobs that were seen under way and have ended since. One that was cancelled was ended by the person who would read it. */
export function notes(before: Record<string, JobView>, now: Record<string, JobView>, words: Words) {
  const say = words.desktop.notes;
  return Object.values(now).flatMap((job) => {
    const was = before[job.id]?.state;
    if (was === undefined || was === job.state) return [];
    const title = `${words.jobKind[job.kind]} ${job.app_name}`;
    if (job.state === "done") {
      const missing = job.report?.missing.length ?? 0;
      return [{ title, body: missing > 0 ? `${say.done} · ${words.transfers.withMissing(missing)}` : say.done }];
    }
    if (job.state !== "failed") return [];
    const reason = job.problem ? words.problems[job.problem.code].title : words.jobState.failed;
    return [{ title, body: say.failed(reason) }];
  });
}
