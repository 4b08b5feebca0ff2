/** The sample tour: one line that says what to do next, until the first app has arrived. In nobody's way, and left at any time. */
import { useEffect, useRef } from "react";
import { Button } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { STEPS, stepOf, tourJob } from "./steps";

export function TourBar() {
  const words = useWords();
  const act = useAct();
  const say = words.tour;
  const tour = useStore((state) => state.tour);
  const sheet = useStore((state) => state.sheet);
  const jobs = useStore((state) => state.jobs);
  const list = Object.values(jobs);
  const step = tour ? stepOf(tour, sheet, list) : null;
  const job = tour ? tourJob(tour, list) : null;

  // Whoever has read the report has seen it all.
  const hasRead = useRef(false);
  useEffect(() => {
    if (step === "report") hasRead.current = true;
    else if (hasRead.current) {
      hasRead.current = false;
      act.endTour();
    }
  }, [step, act]);

  if (!step) return null;
  const at = STEPS.indexOf(step) + 1;
  return (
    <section className="tour-bar" aria-label={say.title} data-tour={step}>
      <span className="tour-at num" title={say.at(at, STEPS.length)}>
        {`${at}/${STEPS.length}`}
      </span>
      <p role="status">
        <b>{say.step[step]}</b> <span className="t2">{say.hint[step]}</span>
      </p>
      <span className="grow" />
      {step === "arrived" && job && (
        <Button size="small" look="primary" onClick={() => act.openSheet({ kind: "report", job: job.id })}>
          {words.transfers.report}
        </Button>
      )}
      <Button size="small" look="quiet" onClick={act.endTour}>
        {say.skip}
      </Button>
    </section>
  );
}
