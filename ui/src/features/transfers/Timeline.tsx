/** A job's steps on one line of time: when each began, how long it took, what it carried. */
import type { JobView, PhaseView } from "../../ipc/generated/contract";
import { cx, Icon, type IconName, Spinner } from "../../parts";
import { useWords } from "../../strings";
import { bytes, clock, duration, secondsBetween } from "../../strings/format";
import { comeBytes } from "./words";

const SIGNS: Record<PhaseView["state"], { icon: IconName; tone: string }> = {
  waiting: { icon: "clock", tone: "t3" },
  running: { icon: "clock", tone: "" },
  done: { icon: "pass", tone: "ok" },
  failed: { icon: "block", tone: "bad" },
  skipped: { icon: "minus", tone: "t3" },
};

export function Timeline({ job, now }: { job: JobView; now: Date }) {
  const words = useWords();
  const say = words.watch;
  const begun = job.started_at;
  const whole = begun ? Math.max(1, secondsBetween(begun, job.ended_at ?? now.toISOString())) : 1;
  return (
    <table className="timeline">
      <caption className="hidden">{say.timeline}</caption>
      <thead className="hidden">
        <tr>
          <th scope="col">{say.step}</th>
          <th scope="col">{say.began}</th>
          <th scope="col">{say.share}</th>
          <th scope="col">{say.took}</th>
          <th scope="col">{say.carried}</th>
        </tr>
      </thead>
      <tbody>
        {job.phases.map((phase, index) => {
          const sign = SIGNS[phase.state];
          const end = phase.ended_at ?? (phase.state === "running" ? now.toISOString() : phase.started_at);
          const from = begun && phase.started_at ? secondsBetween(begun, phase.started_at) / whole : 0;
          const long = phase.started_at && end ? secondsBetween(phase.started_at, end) : null;
          const carried = phase.total_bytes > 0 && phase.state !== "waiting";
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are a fixed list and may repeat a name
            <tr key={index} className={phase.state} aria-current={phase.state === "running" ? "step" : undefined}>
              <th scope="row">
                <span className="timeline-name">
                  {phase.state === "running" ? <Spinner /> : <Icon name={sign.icon} tone={sign.tone} />}
                  {words.phase[phase.name]}
                  <span className="hidden">{` ${say.state[phase.state]}`}</span>
                </span>
              </th>
              <td className="num t2">{phase.started_at ? clock(phase.started_at) : ""}</td>
              <td className="timeline-track" aria-hidden="true">
                {long !== null && (
                  <i
                    className={cx("timeline-bar", phase.state)}
                    style={{
                      left: `${Math.min(98, from * 100)}%`,
                      width: `${Math.max(1.5, Math.min(1 - from, long / whole) * 100)}%`,
                    }}
                  />
                )}
              </td>
              <td className="num right">
                {long !== null ? duration(long, words.time) : phase.state === "skipped" ? words.transfers.skipped : ""}
              </td>
              <td className="num right t2">{carried ? bytes(comeBytes(job, phase)) : ""}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
