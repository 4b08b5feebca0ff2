/** How fast the chosen job was while this window was open, with the limit that all transfers share. */
import type { JobView } from "../../ipc/generated/contract";
import { average, graphed } from "../../state/rates";
import { useStore } from "../../state/session";
import { useWords } from "../../strings";
import { rate } from "../../strings/format";

const WIDE = 440;
const HIGH = 64;

export function Throughput({ job }: { job: JobView }) {
  const words = useWords();
  const say = words.watch;
  const samples = useStore((state) => state.rates[job.id]);
  const limit = useStore((state) => state.settings.limit_bytes_per_sec);
  if (!samples || samples.length < 3) return null;
  const peak = Math.max(...samples.map((one) => one.bytesPerSec));
  // A limit far above what was reached would press the line flat: then its height is only said.
  const showsLimit = limit !== null && limit <= peak * 2;
  const top = Math.max(peak, showsLimit ? limit : 0) * 1.08;
  const points = graphed(samples, top).map(([x, y]) => `${(x * WIDE).toFixed(1)} ${(HIGH - 1.5 - y * (HIGH - 4)).toFixed(1)}`);
  const isMoving = job.state === "running" && !job.paused;
  const facts = [
    isMoving ? words.transfers.now(rate(job.bytes_per_sec)) : say.average(rate(average(samples))),
    words.transfers.peak(rate(peak)),
    ...(limit === null ? [] : [say.limit(rate(limit))]),
  ];
  const limitAt = limit === null ? 0 : HIGH - 1.5 - (limit / top) * (HIGH - 4);
  return (
    <div className="throughput" data-throughput={samples.length}>
      <div className="small">
        <span className="t2">{words.transfers.throughput}</span>
        <span className="num t2">{facts.join(" · ")}</span>
      </div>
      <svg
        className="graph"
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={[words.transfers.throughput, ...facts].join(words.comma)}
      >
        <path className="graph-line" d={`M0 ${HIGH - 1.5}H${WIDE}`} />
        <path className="graph-area" d={`M0 ${HIGH - 1.5}L${points.join("L")}L${WIDE} ${HIGH - 1.5}Z`} />
        <path className="graph-rate" d={`M${points.join("L")}`} />
        {showsLimit && <path className="graph-limit" d={`M0 ${limitAt.toFixed(1)}H${WIDE}`} />}
      </svg>
    </div>
  );
}
