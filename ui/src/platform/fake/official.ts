/** The made-up world's answers around backups, storage settings and what comes after a restore: enough for a page to be drawn. */
import type {
  BackupPlaceView,
  BackupRef,
  BackupsView,
  Commands,
  PlanRequest,
  PlanView,
  StorageDraft,
  StorageView,
} from "../../ipc/generated/contract";
import { problemOf } from "./plans";
import { columnOf, type World } from "./world";

type Names =
  | "list_backups"
  | "locate_backup"
  | "plan_removal"
  | "delete_backup"
  | "export_ticket"
  | "read_storage"
  | "test_storage"
  | "save_storage"
  | "plan_selection"
  | "delete_original"
  | "open_app";

type OfficialAnswers = { [N in Names]: (request: Commands[N]["request"]) => Commands[N]["answer"] };

const cannot = (what: string) => problemOf("not_here", `The made-up world cannot ${what}`);

export function officialAnswers(world: World, plan: (request: PlanRequest) => PlanView): OfficialAnswers {
  let storage: Omit<StorageView, "console"> = {
    is_set: true,
    is_enabled: true,
    kind: "s3",
    endpoint: "http://10.0.0.8:9000",
    bucket: "rainbond-backup",
    access_key: "AKI…",
    has_secret: true,
    problem: null,
    notes: [],
    confirm: null,
  };
  return {
    list_backups: ({ cluster, team }) => rowsOf(world, cluster, team),
    locate_backup: (backup) => placeOf(world, backup),
    plan_removal: (backup) => ({
      place: placeOf(world, backup),
      app_id: 1,
      problem: null,
      stays: [],
      holders: [],
      can_delete_objects: true,
      confirm: null,
    }),
    delete_backup: () => ({ gone: [], stays: [], problems: [] }),
    export_ticket: () => {
      throw cannot("write a ticket");
    },
    read_storage: (console) => ({ console, ...storage }),
    test_storage: () => ({
      works: true,
      steps: (["reach", "write", "read", "delete"] as const).map((name) => ({ name, problem: null })),
    }),
    save_storage: ({ console, is_enabled, kind, endpoint, bucket }: StorageDraft) => {
      const before = { console, ...storage };
      storage = { ...storage, is_enabled, kind, endpoint, bucket };
      return { before, after: { console, ...storage } };
    },
    plan_selection: ({ cluster, team, apps, options }) =>
      apps.map((app) => ({
        app,
        plan: plan({ source: { kind: "app", cluster, team, app }, target: { kind: "backup" }, options }),
        problem: null,
      })),
    delete_original: () => {
      throw cannot("delete an app");
    },
    open_app: ({ team, app }) => ({ url: `http://10.0.0.8:7070/#/team/${team}/apps/${app}`, opened: false }),
  };
}

function rowsOf(world: World, cluster: string, team: string | null): BackupsView {
  const column = world.consoles.flatMap((one) => one.clusters).find((one) => one.id === cluster);
  const teams = (column?.teams ?? []).filter((one) => team === null || one.name === team);
  const rows = teams.flatMap((one) =>
    (columnOf(world, cluster, one.name)?.apps ?? []).flatMap((app) =>
      app.backups.map((backup) => ({
        cluster,
        cluster_name: column?.name ?? cluster,
        team: one.name,
        team_alias: one.alias,
        backup,
        app_deleted: app.state === "deleted",
        data: "unknown" as const,
      })),
    ),
  );
  return { rows, problems: [], loaded_at: new Date().toISOString() };
}

function placeOf(world: World, backup: BackupRef): BackupPlaceView {
  const row = rowsOf(world, backup.cluster, backup.team).rows.find((one) => one.backup.id === backup.backup);
  if (!row) throw problemOf("not_found", "This backup is no longer on its console");
  const key = `0a1b_${row.backup.version}.zip`;
  const object = { bucket: "rainbond-backup", key, size_bytes: row.backup.size_bytes, is_metadata: false };
  return {
    backup,
    version: row.backup.version,
    endpoint: "http://10.0.0.8:9000",
    bucket: object.bucket,
    key,
    objects: [object],
    elsewhere: [],
    problem: null,
  };
}
