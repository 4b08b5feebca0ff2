/** What the window knows: facts as the core sent them, and what the person has open. */
import type {
  AboutView,
  AppId,
  BackupId,
  ClusterId,
  ColumnView,
  ConsoleId,
  ConsoleView,
  FileView,
  JobId,
  JobView,
  LibraryView,
  PlanRequest,
  Problem,
  SamplesView,
  Settings,
  TeamName,
} from "../ipc/generated/contract";

export interface ColumnSlot {
  team: TeamName;
  loading: boolean;
  view: ColumnView | null;
  problem: Problem | null;
}

export interface LibrarySlot {
  loading: boolean;
  view: LibraryView | null;
  problem: Problem | null;
}

export type Selection =
  | { kind: "backup"; cluster: ClusterId; team: TeamName; app: AppId; backup: BackupId }
  | { kind: "file"; path: string };

export type Sheet =
  | { kind: "plan"; request: PlanRequest }
  | { kind: "console"; id: ConsoleId | null }
  | { kind: "settings" }
  | { kind: "problem"; job: JobId }
  | { kind: "report"; job: JobId };

export type Grouping = "app" | "time";

export interface State {
  /** The first answers are in. */
  ready: boolean;
  about: AboutView | null;
  settings: Settings;
  samples: SamplesView | null;
  consoles: ConsoleView[];
  teams: Record<ClusterId, TeamName>;
  columns: Record<ClusterId, ColumnSlot>;
  library: LibrarySlot;
  /** Files opened from elsewhere than the library, for this run. */
  opened: FileView[];
  jobs: Record<JobId, JobView>;
  search: string;
  grouping: Grouping;
  selection: Selection | null;
  inspectorOpen: boolean;
  sheet: Sheet | null;
  drawerOpen: boolean;
  job: JobId | null;
  startingSamples: boolean;
  /** A small thing that failed and has no place of its own. */
  notice: Problem | null;
}

export const DEFAULT_SETTINGS: Settings = { language: "auto", theme: "auto", library_dir: null, columns: null };

export const EMPTY: State = {
  ready: false,
  about: null,
  settings: DEFAULT_SETTINGS,
  samples: null,
  consoles: [],
  teams: {},
  columns: {},
  library: { loading: true, view: null, problem: null },
  opened: [],
  jobs: {},
  search: "",
  grouping: "app",
  selection: null,
  inspectorOpen: true,
  sheet: null,
  drawerOpen: false,
  job: null,
  startingSamples: false,
  notice: null,
};
