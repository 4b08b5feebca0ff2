/** Saves the report of a job as a page or as data, where the desktop's dialog says; then opens the page or shows the file. */
import { useState } from "react";
import { fileName } from "../../drag/words";
import { asProblem } from "../../ipc/client";
import type { JobId, Problem, ReportFormat, SavedReport } from "../../ipc/generated/contract";
import { Cut, Icon, ListButton, type MenuItem, useProblemWords } from "../../parts";
import { useAct } from "../../state/session";
import { useWords, type Words } from "../../strings";

const FORMATS: ReportFormat[] = ["html", "json"];

/** The same for a menu of the list of jobs. */
export function reportItems(words: Words, save: (format: ReportFormat) => void): MenuItem[] {
  return FORMATS.map((format) => ({ label: words.official.after.saveAs[format], icon: "bundle", run: () => save(format) }));
}

export function SaveReport({ job }: { job: JobId }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.after;
  const [saved, setSaved] = useState<SavedReport | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (format: ReportFormat) => {
    setSaved(null);
    setProblem(null);
    try {
      setSaved(await act.saveReport(job, format, words.lang === "zh" ? "zh" : "en"));
    } catch (failure) {
      setProblem(asProblem(failure));
    }
  };
  return (
    <>
      <ListButton look="quiet" size="small" icon="bundle" items={reportItems(words, (format) => void save(format))}>
        {say.saveReport}
      </ListButton>
      {saved && (
        <span className="small t2 pair report-saved" role="status" data-report-saved={saved.path}>
          <Icon name="pass" tone="ok" />
          <Cut>{say.savedAs(fileName(saved.path))}</Cut>
          {saved.path.endsWith(".html") && (
            <button type="button" className="link small" onClick={() => act.openReport(saved.path)}>
              {say.openReport}
            </button>
          )}
          <button type="button" className="link small" onClick={() => act.reveal(saved.path)}>
            {words.report.reveal}
          </button>
        </span>
      )}
      {problem && <NotSaved problem={problem} />}
    </>
  );
}

/** A file that could not be written, beside the button that was to write it. */
export function NotSaved({ problem }: { problem: Problem }) {
  const say = useWords().official.after;
  const said = useProblemWords(problem);
  return (
    <span className="small bad pair report-saved" role="alert" title={said.text}>
      <Icon name="block" />
      <Cut>{`${say.notSaved} · ${said.title}`}</Cut>
    </span>
  );
}
