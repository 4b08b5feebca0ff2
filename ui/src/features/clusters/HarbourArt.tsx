/** The picture of the first run: rain, two piers, and the ferry between them. */
import { MarkShapes } from "../../parts";

const RAIN =
  "M20 4l-5.5 22M46 52l-3.5 14M70 18l-6.5 26M98 84l-3 12M118 30l-4.5 18M146 0l-3.5 14M164 56l-5 20M196 14l-6 24M214 78l-3 12M238 34l-4 16M262 6l-5.5 22M284 66l-4.5 18M308 26l-3.5 14M330 88l-4 16M346 10l-5 20";
const WAVE =
  "M0 250c28.75 0 28.75 10 57.5 10s28.75-10 57.5-10 28.75 10 57.5 10 28.75-10 57.5-10 28.75 10 57.5 10 28.75-10 57.5-10 28.75 10 57.5 10 28.75-10 57.5-10";
const RIPPLE = "M60 286c20 0 20 6 40 6s20-6 40-6 20 6 40 6 20-6 40-6 20 6 40 6 20-6 40-6 20 6 40 6 20-6 40-6";

export function HarbourArt() {
  return (
    <svg className="art" viewBox="0 0 460 320" fill="none" strokeLinecap="round" strokeWidth="1.5" aria-hidden="true">
      <path className="rain" d={RAIN} transform="translate(48 8)" />
      <Pier x={48} tone="prod" />
      <Pier x={328} tone="tst" />
      <path className="course" d="M146 176c48-34 120-34 168 0" strokeDasharray="1 6" />
      <svg x="184" y="168" width="92" height="92" viewBox="2 2 20.5 20.5" aria-hidden="true">
        <MarkShapes />
      </svg>
      <path className="sea" d={`${WAVE}v70H0Z`} />
      <path className="rain" d={WAVE} />
      <path className="rain" d={RIPPLE} />
    </svg>
  );
}

function Pier({ x, tone }: { x: number; tone: "prod" | "tst" }) {
  return (
    <g>
      <path className="pier" d={`M${x + 12} 240v60M${x + 72} 240v60`} />
      <rect className="house" x={x} y="148" width="84" height="92" />
      <rect className={`roof ${tone}`} x={x - 0.5} y="147.5" width="85" height="5" />
      {[48, 32, 40].map((width, row) => (
        <path
          key={width}
          className="line-of-text"
          d={`M${x + 14} ${174 + row * 18}h8M${x + 30} ${174 + row * 18}h${width - 8}`}
        />
      ))}
    </g>
  );
}
