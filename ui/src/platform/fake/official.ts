/** The made-up world's answers around backups, storage settings and what comes after a restore: enough for a page to be drawn. */
import type {
  BackupPlaceView,
  BackupRef,
  BackupsView,
  Commands,
  DataSign,
  Difference,
  PlanRequest,
  PlanView,
  RegistryView,
  StorageDraft,
  StorageView,
} from "../../ipc/generated/contract";
import { line, problemOf } from "./plans";
import { bundleFile, columnOf, type World } from "./world";

type Names =
  | "list_backups"
  | "locate_backup"
  | "plan_removal"
  | "delete_backup"
  | "export_ticket"
  | "read_storage"
  | "test_storage"
  | "save_storage"
  | "list_registries"
  | "save_registry"
  | "remove_registry"
  | "plan_selection"
  | "open_app"
  | "compare";

type OfficialAnswers = { [N in Names]: (request: Commands[N]["request"]) => Commands[N]["answer"] };

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
  let registries: RegistryView[] = [];
  return {
    list_backups: ({ cluster, team }) => rowsOf(world, cluster, team),
    locate_backup: (backup) => placeOf(world, backup),
    plan_removal: (backup) => ({
      place: placeOf(world, backup),
      app_id: 1,
      problem: null,
      stays: staysOf(world, backup),
      holders: [],
      can_delete_objects: true,
      confirm:
        clusterOf(world, backup.cluster)?.environment === "production" ? (clusterOf(world, backup.cluster)?.name ?? "") : null,
    }),
    delete_backup: ({ backup, objects }) => {
      const stays = staysOf(world, backup);
      const gone = line("gone_record", { version: placeOf(world, backup).version });
      for (const [key, apps] of world.apps)
        world.apps.set(
          key,
          apps.map((app) => ({ ...app, backups: app.backups.filter((one) => one.id !== backup.backup) })),
        );
      return objects ? { gone: [gone], stays: [], problems: [] } : { gone: [gone], stays, problems: [] };
    },
    export_ticket: ({ backup }) => {
      const { version } = placeOf(world, backup);
      const file = bundleFile("ticket", 912, { kind: "ticket", name: `ticket-${version}.bak` }, version);
      return { ...file, path: `${world.library.folder}/ticket-${version}.bak` };
    },
    compare: ({ left, right }) => ({ left: left.kind, right: right.kind, differences: DIFFERENCES }),
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
    list_registries: () => registries,
    save_registry: ({ address, user, plain_http, ca_pem }) => {
      if (!address.includes(".")) throw problemOf("bad_address", `${address} is no registry and namespace`);
      const view: RegistryView = { address, user, plain_http, has_ca: ca_pem !== null, password: "keyring" };
      registries = [...registries.filter((one) => one.address !== address), view];
      return view;
    },
    remove_registry: (address) => {
      registries = registries.filter((one) => one.address !== address);
      return null;
    },
    plan_selection: ({ cluster, team, apps, options }) =>
      apps.map((app) => ({
        app,
        plan: plan({ source: { kind: "app", cluster, team, app }, target: { kind: "backup" }, options }),
        problem: null,
      })),
    open_app: ({ team, app }) => ({ url: `http://10.0.0.8:7070/#/team/${team}/apps/${app}`, opened: false }),
  };
}

const SIGNS: DataSign[] = ["unknown", "whole", "partly", "absent", "no_volumes"];

export const DIFFERENCES: Difference[] = [
  { component: "", aspect: "route", what: "wiki.example.com", left: "→ wiki:80", right: null },
  { component: "renderer", aspect: "cpu", what: "", left: "500", right: "0" },
  { component: "renderer", aspect: "env", what: "DB_POOL_SIZE", left: "20", right: "50" },
  { component: "renderer", aspect: "env", what: "PAY_APP_SECRET", left: "…", right: "…" },
  { component: "wiki", aspect: "volume", what: "/var/lib/wiki", left: null, right: "share-file" },
];

const clusterOf = (world: World, id: string) => world.consoles.flatMap((one) => one.clusters).find((one) => one.id === id);

const staysOf = (world: World, backup: BackupRef) =>
  placeOf(world, backup).objects.map(({ bucket, key, size_bytes }) =>
    line("stays_object", { bucket, key, bytes: String(size_bytes) }),
  );

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
        data: SIGNS[backup.version.charCodeAt(7) % SIGNS.length] ?? "unknown",
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
