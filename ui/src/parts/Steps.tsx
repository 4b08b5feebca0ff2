/** One bar per step, width by expected time, so that the long one is seen to be long; in rows where they do not fit beside each other. */
import { useWords } from "../strings";
import { Cut, cx } from "./basics";

export interface Step {
  key: string;
  name: string;
  under: string;
  state: "next" | "now" | "done" | "fail";
  /** Relative width. */
  weight: number;
  /** 0 to 1 where bytes are counted. */
  share?: number;
}

export function Steps({ steps }: { steps: Step[] }) {
  const words = useWords();
  return (
    <ol className="steps" aria-label={words.transfers.steps}>
      {steps.map((step) => (
        <li
          key={step.key}
          className={cx(step.state !== "next" && step.state, step.state === "now" && step.share === undefined && "unknown")}
          aria-current={step.state === "now" ? "step" : undefined}
          style={{ flexGrow: step.weight, "--p": `${Math.round((step.share ?? 0) * 100)}%` }}
        >
          <Cut>{step.name}</Cut>
          <span className="t3 num cut">{step.under || " "}</span>
        </li>
      ))}
    </ol>
  );
}
