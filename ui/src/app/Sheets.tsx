/** The one sheet that is open, if any. */
import { ConnectSheet } from "../features/clusters/ConnectSheet";
import { PlanSheet } from "../features/migrate/PlanSheet";
import { SettingsSheet } from "../features/settings/SettingsSheet";
import { ProblemSheet } from "../features/transfers/ProblemSheet";
import { ReportSheet } from "../features/transfers/ReportSheet";
import { useStore } from "../state/session";

export function Sheets() {
  const sheet = useStore((state) => state.sheet);
  switch (sheet?.kind) {
    case "plan":
      return <PlanSheet key={JSON.stringify(sheet.request)} request={sheet.request} />;
    case "console":
      return <ConnectSheet key={sheet.id ?? "new"} id={sheet.id} />;
    case "settings":
      return <SettingsSheet />;
    case "problem":
      return <ProblemSheet id={sheet.job} />;
    case "report":
      return <ReportSheet id={sheet.job} />;
    case undefined:
      return null;
  }
}
