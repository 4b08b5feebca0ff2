/** Of the settings: what helps somebody else to help. */
import { useState } from "react";
import { asProblem } from "../../ipc/client";
import type { Problem } from "../../ipc/generated/contract";
import { Button, Cut, Icon, ProblemNote } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";

export function Diagnostics() {
  const words = useWords();
  const say = words.settings;
  const act = useAct();
  const [saved, setSaved] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async () => {
    setProblem(null);
    try {
      const file = await act.rpc("save_diagnostics_as", null);
      if (file) setSaved(file.path);
    } catch (failure) {
      setProblem(asProblem(failure));
    }
  };
  return (
    <div className="stack">
      <div className="pair">
        <Button size="small" icon="bundle" onClick={() => void save()}>
          {say.diagnostics}
        </Button>
        <Button size="small" look="quiet" icon="folder" onClick={() => void act.rpc("reveal_logs", null).catch(act.notice)}>
          {say.logs}
        </Button>
      </div>
      {saved && (
        <p className="small pair" role="status" data-diagnostics={saved}>
          <Icon name="pass" tone="ok" />
          <Cut>{`${say.saved} ${saved}`}</Cut>
          <button type="button" className="link small" onClick={() => act.reveal(saved)}>
            {words.report.reveal}
          </button>
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
      <p className="small t3">{say.diagnosticsHint}</p>
    </div>
  );
}
