/** A problem in words: what happened, what to do, and the facts to copy. */
import { useState } from "react";
import type { Problem } from "../ipc/generated/contract";
import { useWords } from "../strings";
import { Button } from "./basics";
import { Icon } from "./Icon";

/** The core names the thing in English; other languages have their own title for the code. */
export function useProblemWords(problem: Problem): { title: string; text: string; remedy: string } {
  const words = useWords();
  const word = words.problems[problem.code];
  if (words.lang === "en") return { title: word.title, text: problem.message, remedy: problem.hint ?? word.remedy };
  return { title: word.title, text: "", remedy: word.remedy };
}

export function problemDetails(problem: Problem): string {
  return [`${problem.code}: ${problem.message}`, problem.hint, ...problem.facts.map(([name, value]) => `${name}: ${value}`)]
    .filter(Boolean)
    .join("\n");
}

export function ProblemFacts({ problem }: { problem: Problem }) {
  const words = useWords();
  return (
    <dl className="pairs">
      <dt>{words.problem.code}</dt>
      <dd className="mono">{problem.code}</dd>
      <dt>{words.problem.said}</dt>
      <dd>{problem.message}</dd>
      {problem.facts.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts are a fixed list and may repeat a name
        <FactPair key={index} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactPair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">{value}</dd>
    </>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const words = useWords();
  const [done, setDone] = useState(false);
  const copy = () => {
    navigator.clipboard
      .writeText(text)
      .then(() => setDone(true))
      .catch(() => setDone(false));
  };
  return (
    <Button look="quiet" size="small" icon="copy" onClick={copy} onBlur={() => setDone(false)}>
      {done ? words.common.copied : label}
    </Button>
  );
}

export function ProblemDetails({ problem }: { problem: Problem }) {
  const words = useWords();
  return (
    <details className="problem-details">
      <summary>{words.common.details}</summary>
      <ProblemFacts problem={problem} />
      <CopyButton text={problemDetails(problem)} label={words.problem.copyDetails} />
    </details>
  );
}

/** In the place where it happened. */
export function ProblemNote({ problem, title }: { problem: Problem; title?: string }) {
  const said = useProblemWords(problem);
  return (
    <div className="note bad" role="alert">
      <Icon name="block" />
      <div className="grow small">
        <b>{title ?? said.title}</b>
        {title && <p>{said.title}</p>}
        {said.text && <p>{said.text}</p>}
        <p className="t2">{said.remedy}</p>
        <ProblemDetails problem={problem} />
      </div>
    </div>
  );
}
