/** The one sheet that is open, if any. */
import { AllBackupsSheet } from "../features/all/AllBackupsSheet";
import { PlaceSheet } from "../features/all/PlaceSheet";
import { RemovalSheet } from "../features/all/RemovalSheet";
import { ImportSheet } from "../features/bundles/ImportSheet";
import { PassphraseSheet } from "../features/bundles/PassphraseSheet";
import { ClusterSheet } from "../features/cluster/ClusterSheet";
import { StorageSheet } from "../features/cluster/StorageSheet";
import { ConnectSheet } from "../features/clusters/ConnectSheet";
import { CompareSheet } from "../features/compare/CompareSheet";
import { DesktopSettings } from "../features/desktop/DesktopSettings";
import { InspectSheet } from "../features/inspect/InspectSheet";
import { PlanSheet } from "../features/migrate/PlanSheet";
import { SeveralSheet } from "../features/migrate/SeveralSheet";
import { SettingsSheet } from "../features/settings/SettingsSheet";
import { HistorySheet } from "../features/transfers/history/HistorySheet";
import { ProblemSheet } from "../features/transfers/ProblemSheet";
import { ReportSheet } from "../features/transfers/ReportSheet";
import { useStore } from "../state/session";

export function Sheets() {
  const sheet = useStore((state) => state.sheet);
  switch (sheet?.kind) {
    case "plan":
      return <PlanSheet key={JSON.stringify(sheet.request)} request={sheet.request} />;
    case "console":
      return <ConnectSheet key={sheet.id ?? `new ${sheet.address}`} id={sheet.id} address={sheet.address} />;
    case "import":
      return <ImportSheet key={sheet.path} path={sheet.path} />;
    case "passphrase":
      return <PassphraseSheet key={sheet.path} path={sheet.path} name={sheet.name} />;
    case "history":
      return <HistorySheet choice={sheet.choice} />;
    case "settings":
      return <SettingsSheet desktop={<DesktopSettings />} />;
    case "problem":
      return <ProblemSheet id={sheet.job} />;
    case "report":
      return <ReportSheet id={sheet.job} />;
    case "backups":
      return <AllBackupsSheet key={sheet.cluster} cluster={sheet.cluster} choice={sheet.choice} />;
    case "place":
      return <PlaceSheet key={sheet.backup.ref.backup} backup={sheet.backup} />;
    case "removal":
      return <RemovalSheet key={sheet.backup.ref.backup} backup={sheet.backup} />;
    case "compare":
      return (
        <CompareSheet key={JSON.stringify(sheet.left)} left={sheet.left} name={sheet.name} app={sheet.app} right={sheet.right} />
      );
    case "inspect":
      return <InspectSheet key={JSON.stringify(sheet.source)} source={sheet.source} name={sheet.name} app={sheet.app} />;
    case "several":
      return (
        <SeveralSheet key={`${sheet.cluster} ${sheet.team}`} cluster={sheet.cluster} team={sheet.team} chosen={sheet.apps} />
      );
    case "cluster":
      return <ClusterSheet id={sheet.id} />;
    case "storage":
      return <StorageSheet key={sheet.console} id={sheet.console} />;
    case undefined:
      return null;
  }
}
