/** The states of what a cluster can do, and of its console's object storage. */
import type { StorageView } from "../../ipc/generated/contract";
import { eraOf } from "../../platform/fake/eras";
import { line } from "../../platform/fake/plans";
import { UNREACHABLE } from "../../platform/fake/world";
import { consoleNamed, loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { ClusterSheet, Era } from "./ClusterSheet";
import { StorageFields } from "./StorageFields";
import { StorageSheet } from "./StorageSheet";
import { StorageSide } from "./StorageSide";
import { formOf } from "./storageForm";

const board = loaded();
const beijing = consoleNamed(board.world, "beijing");
const [cluster] = beijing.clusters;
const unknown = { ...beijing, clusters: beijing.clusters.map((one) => ({ ...one, era: null })) };
const view: StorageView = {
  console: beijing.id,
  is_set: true,
  is_enabled: true,
  kind: "s3",
  endpoint: "http://10.0.0.8:9000",
  bucket: "rainbond-backup",
  access_key: "AKI…",
  has_secret: true,
  problem: null,
  notes: [line("storage_shared")],
  confirm: null,
};
const bare: StorageView = { ...view, is_set: false, endpoint: "", bucket: "", access_key: "", has_secret: false };
const fields = (of: StorageView) => () => (
  <StorageFields view={of} form={formOf(of)} canSet={of.problem === null} onChange={() => undefined} />
);
const side = (over: Partial<Parameters<typeof StorageSide>[0]>) => () => (
  <StorageSide view={view} test={null} testing={false} canTest saved={null} onTest={() => undefined} {...over} />
);
const failed = {
  works: false,
  steps: [
    { name: "reach" as const, problem: null },
    { name: "write" as const, problem: UNREACHABLE },
  ],
};

export const states: ScreenStates = {
  "what it can do": { draw: () => <ClusterSheet id={cluster?.id ?? ""} />, state: board.state, shows: "Works here" },
  "an era where nothing lacks": { draw: () => <Era era={{ ...eraOf("v6.9.8"), cannot: [] }} />, shows: /^Nothing is known/ },
  "an unknown version": {
    draw: () => <ClusterSheet id={cluster?.id ?? ""} />,
    state: { ...board.state, consoles: [unknown] },
    shows: "Nobody knows the version of this cluster",
  },
  "storage, reading": { draw: () => <StorageSheet id={beijing.id} />, state: board.state, shows: /^Reading the console/ },
  "storage that is set": { draw: fields(view), shows: "Use object storage for cloud backups" },
  "no storage": { draw: fields(bare), shows: /^Nothing is set yet/ },
  "storage of another": { draw: fields({ ...view, problem: UNREACHABLE }), shows: "You cannot change it" },
  "not tested": { draw: side({}), shows: /^Reaches the bucket/ },
  testing: { draw: side({ testing: true }), shows: "Testing…" },
  "a test that fails": { draw: side({ test: failed }), shows: "Write an object fails" },
  saved: { draw: side({ saved: { before: bare, after: view } }), shows: "Saved" },
};
