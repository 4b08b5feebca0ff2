/** What can be dragged, where it can land, and what a place answers. */
import type {
  AppView,
  BackupView,
  ClusterId,
  ClusterView,
  ConsoleState,
  Environment,
  FileView,
  TeamName,
} from "../ipc/generated/contract";

export type Payload =
  | {
      kind: "backup";
      cluster: ClusterId;
      clusterName: string;
      environment: Environment;
      team: TeamName;
      teamAlias: string;
      backup: BackupView;
    }
  /** An app as it runs: it is backed up first. */
  | {
      kind: "app";
      cluster: ClusterId;
      clusterName: string;
      environment: Environment;
      /** Nothing may be written where it runs. */
      readOnly: boolean;
      team: TeamName;
      teamAlias: string;
      app: AppView;
    }
  | { kind: "file"; file: FileView }
  /** Files of the desktop, known by their paths only until they are dropped. */
  | { kind: "desktop"; paths: string[] };

export type Target =
  | {
      kind: "team";
      cluster: ClusterView;
      console: ConsoleState["kind"];
      team: TeamName | null;
      teamAlias: string;
      app: AppView | null;
    }
  | { kind: "library"; freeBytes: number }
  /** Its clusters are not known. */
  | { kind: "console"; console: ConsoleState["kind"] };

export type Verb = "migrate" | "export" | "import" | "open";

export type Refusal =
  | "same_team"
  | "read_only"
  | "backup_running"
  | "app_empty"
  | "source_read_only"
  | "backup_failed"
  | "no_team"
  | "offline"
  | "connecting"
  | "app_not_empty"
  | "file_unreadable"
  | "already_here"
  | "unknown_file"
  | "one_at_a_time";

export type Verdict = { kind: "yes"; verb: Verb } | { kind: "no"; why: Refusal };
