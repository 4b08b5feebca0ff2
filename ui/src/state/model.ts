/** What the window knows: facts as the core sent them, and what the person has open. */
import type {
  AboutView,
  AppId,
  AskView,
  BackupId,
  BackupMode,
  BackupRef,
  BackupStatus,
  ClusterId,
  ColumnView,
  ConsoleId,
  ConsoleView,
  FileView,
  JobId,
  JobView,
  LibraryView,
  PlanRequest,
  PlanSource,
  Problem,
  SamplesView,
  Settings,
  TeamName,
} from "../ipc/generated/contract";
import { type BoardLayout, PLAIN_LAYOUT } from "./memory";
import type { Rates } from "./rates";

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

/** Which backups the list of all shows, and in what order. */
export interface BackupsChoice {
  search: string;
  status: BackupStatus | "any" | "gone";
  team: TeamName | null;
  mode: BackupMode | null;
  sort: "app" | "time" | "size";
  descending: boolean;
}

export const EVERY_BACKUP: BackupsChoice = {
  search: "",
  status: "any",
  team: null,
  mode: null,
  sort: "time",
  descending: true,
};

/** Which ended jobs the history shows. */
export interface HistoryChoice {
  search: string;
  state: "any" | "done" | "failed" | "cancelled";
  /** By name; one it came from or went to. */
  cluster: string | null;
  /** Days back from now, 0 for today; none for all of it. */
  days: number | null;
}

export const EVERY_JOB: HistoryChoice = { search: "", state: "any", cluster: null, days: null };

/** A backup as a sheet about it needs it: what to ask for, and what to call it. */
export interface NamedBackup {
  ref: BackupRef;
  app: string;
  version: string;
  created: string;
}

/** One side of a comparison, and what to call it. */
export interface NamedSource {
  source: PlanSource;
  name: string;
}

export type Sheet =
  | { kind: "backups"; cluster: ClusterId; choice: BackupsChoice }
  | { kind: "place"; backup: NamedBackup }
  | { kind: "removal"; backup: NamedBackup }
  | { kind: "compare"; left: PlanSource; name: string; app: string; right?: NamedSource }
  | { kind: "inspect"; source: PlanSource; name: string; app: string }
  | { kind: "several"; cluster: ClusterId; team: TeamName; apps: AppId[] | null }
  | { kind: "cluster"; id: ClusterId }
  | { kind: "storage"; console: ConsoleId }
  | { kind: "plan"; request: PlanRequest }
  /** A file that the desktop asked for: what it is, and where it may go. */
  | { kind: "import"; path: string }
  | { kind: "passphrase"; path: string; name: string }
  | { kind: "console"; id: ConsoleId | null; address?: string }
  | { kind: "history"; choice: HistoryChoice }
  | { kind: "settings" }
  | { kind: "problem"; job: JobId }
  | { kind: "report"; job: JobId };

/** Where the guide is open: at a topic, or at the words of one code. */
export interface HelpAt {
  topic: "connect" | "migrate" | "airGap" | "restore" | "trouble";
  code: string | null;
}

/** A row of the board that was asked for by name: scrolled to, and given the focus, once it is there. */
export interface Shown {
  cluster: ClusterId;
  app: AppId | null;
  backup: BackupId | null;
}

/** The sample tour goes on until it is ended; what was done before it began does not count. */
export interface Tour {
  since: string;
}

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
  layout: BoardLayout;
  library: LibrarySlot;
  /** Files opened from elsewhere than the library, for this run. */
  opened: FileView[];
  jobs: Record<JobId, JobView>;
  rates: Rates;
  search: string;
  grouping: Grouping;
  selection: Selection | null;
  /** A second backup beside it, to compare the two. */
  second: Selection | null;
  inspectorOpen: boolean;
  sheet: Sheet | null;
  /** The window was to be closed while jobs run: the question lies over everything. */
  leaving: { tray: boolean } | null;
  /** How much of an update has been downloaded; the size may be unknown. */
  updateComes: { done: number; total: number | null };
  /** What the desktop asked to open, while another sheet is in the way. */
  asked: AskView[];
  /** The list a sheet was opened from: closing goes back to it. */
  back: Sheet | null;
  drawerOpen: boolean;
  paletteOpen: boolean;
  /** Over everything else. */
  help: HelpAt | null;
  shown: Shown | null;
  job: JobId | null;
  startingSamples: boolean;
  tour: Tour | null;
  /** A small thing that failed and has no place of its own. */
  notice: Problem | null;
}

export const DEFAULT_SETTINGS: Settings = {
  language: "auto",
  theme: "auto",
  library_dir: null,
  columns: null,
  limit_bytes_per_sec: null,
  jobs_at_once: null,
  jobs_per_cluster: null,
  quiet: null,
  zoom_percent: null,
  desktop: { notify: true, progress: true, ask: true, tray: true, close_to_tray: false },
  update_endpoint: null,
};

export const EMPTY: State = {
  ready: false,
  about: null,
  settings: DEFAULT_SETTINGS,
  samples: null,
  consoles: [],
  teams: {},
  columns: {},
  layout: PLAIN_LAYOUT,
  library: { loading: true, view: null, problem: null },
  opened: [],
  jobs: {},
  rates: {},
  search: "",
  grouping: "app",
  selection: null,
  second: null,
  inspectorOpen: true,
  sheet: null,
  leaving: null,
  updateComes: { done: 0, total: null },
  asked: [],
  back: null,
  drawerOpen: false,
  paletteOpen: false,
  help: null,
  shown: null,
  job: null,
  startingSamples: false,
  tour: null,
  notice: null,
};
