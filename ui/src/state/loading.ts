/** Brings what the board shows into the store: consoles, columns, the library. A later question outruns an earlier answer. */
import { asProblem } from "../ipc/client";
import type { ClusterId, ColumnView, ConsoleId, ConsoleView } from "../ipc/generated/contract";
import type { Platform } from "../platform/types";
import { allColumns, clusterById, pickTeam } from "./board";
import { fold } from "./fold";
import type { ColumnSlot } from "./model";
import type { Store } from "./store";

const LOOK_AGAIN_MS = 8000;

export function createLoading({ rpc }: Platform, store: Store) {
  const refreshing = new Map<ConsoleId, Promise<void>>();
  const looking = new Map<ClusterId, ReturnType<typeof setTimeout>>();
  /** How often a column was asked for: only the last answer counts. */
  const rounds = new Map<ClusterId, number>();

  async function loadColumn(cluster: ClusterId) {
    const known = clusterById(store.get().consoles, cluster);
    const team = pickTeam(store.get(), cluster);
    if (!known || team === null) return;
    const shown = () => {
      const slot = store.get().columns[cluster];
      return slot?.team === team ? slot.view : null;
    };
    const round = (rounds.get(cluster) ?? 0) + 1;
    rounds.set(cluster, round);
    const put = (slot: Omit<ColumnSlot, "team">) => rounds.get(cluster) === round && putColumn(cluster, { team, ...slot });
    put({ loading: true, view: shown(), problem: null });
    try {
      const loaded = await rpc("load_column", { cluster, team });
      put({ loading: false, view: loaded, problem: null });
      lookAgain(cluster, loaded);
    } catch (failure) {
      put({ loading: false, view: shown(), problem: asProblem(failure) });
    }
  }

  /** The platform does not say when a backup is made: while one is, the column is asked again. */
  function lookAgain(cluster: ClusterId, view: ColumnView) {
    clearTimeout(looking.get(cluster));
    const isMaking = view.apps.some((app) => app.backups.some((backup) => backup.status === "running"));
    if (isMaking)
      looking.set(
        cluster,
        setTimeout(() => void loadColumn(cluster), LOOK_AGAIN_MS),
      );
  }

  function putColumn(cluster: ClusterId, slot: ColumnSlot) {
    store.set((state) => ({ ...state, columns: { ...state.columns, [cluster]: slot } }));
  }

  /** What a column showed last time, until its console has answered. */
  async function showRemembered(cluster: ClusterId) {
    const team = pickTeam(store.get(), cluster);
    if (team === null) return;
    const view = await rpc("remembered_column", { cluster, team }).catch(() => null);
    const slot = store.get().columns[cluster];
    if (view && !slot?.view && (slot?.team ?? team) === team)
      putColumn(cluster, { loading: false, problem: null, ...slot, team, view });
  }

  /** Clusters that appeared, or came back, get their column loaded. */
  function loadNewColumns(before: ConsoleView[]) {
    for (const column of allColumns(store.get().consoles)) {
      if (column.kind !== "cluster") continue;
      if (!store.get().columns[column.key]?.view) void showRemembered(column.key);
      if (column.console.state.kind !== "ready") continue;
      const was = before.find((one) => one.id === column.console.id);
      const isBack = was?.state.kind !== "ready" && column.console.state.kind === "ready";
      const slot = store.get().columns[column.key];
      if (slot?.loading !== true && (isBack || !slot)) void loadColumn(column.key);
    }
  }

  /** Once at a time: whoever asks meanwhile gets the same answer. */
  function refreshConsole(id: ConsoleId): Promise<void> {
    const running = refreshing.get(id) ?? lookAtConsole(id).finally(() => refreshing.delete(id));
    refreshing.set(id, running);
    return running;
  }

  async function lookAtConsole(id: ConsoleId) {
    const before = store.get().consoles;
    const connecting = before.map((one): ConsoleView => (one.id === id ? { ...one, state: { kind: "connecting" } } : one));
    store.set({ consoles: connecting });
    try {
      const view = await rpc("refresh_console", id);
      store.set((state) => fold(state, { kind: "console_changed", console: view }));
    } catch (failure) {
      const problem = asProblem(failure);
      store.set((state) => ({
        ...state,
        consoles: state.consoles.map((one) => (one.id === id ? { ...one, state: { kind: "failed", problem } } : one)),
      }));
    }
    loadNewColumns(connecting);
  }

  async function loadConsoles() {
    const before = store.get().consoles;
    const consoles = await rpc("list_consoles", null);
    store.set({ consoles });
    loadNewColumns(before);
    for (const console of consoles) {
      if (console.state.kind === "unknown") void refreshConsole(console.id);
    }
  }

  async function loadLibrary() {
    store.set((state) => ({ ...state, library: { ...state.library, loading: true } }));
    try {
      store.set({ library: { loading: false, view: await rpc("list_library", null), problem: null } });
    } catch (failure) {
      store.set((state) => ({ ...state, library: { loading: false, view: state.library.view, problem: asProblem(failure) } }));
    }
  }

  return { loadColumn, loadConsoles, loadLibrary, loadNewColumns, refreshConsole };
}
