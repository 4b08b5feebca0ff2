/** Everything a person can do, as functions: they ask the core and put its answers into the store. */
import { asProblem } from "../ipc/client";
import type {
  BackupRef,
  ClusterId,
  ConsoleDraft,
  ConsoleId,
  DesktopNote,
  FileView,
  JobId,
  JobView,
  Language,
  Leave,
  PlanId,
  PlanRequest,
  PlanSource,
  Problem,
  ReportFormat,
  Settings,
  Site,
  TeamName,
  TrayWords,
} from "../ipc/generated/contract";
import type { Platform } from "../platform/types";
import { createAsked } from "./asked";
import { openColumns } from "./board";
import { asks, fold } from "./fold";
import { createLoading } from "./loading";
import type { BoardLayout, WindowMemory } from "./memory";
import type { HelpAt, Selection, Sheet, Shown, State } from "./model";
import { gathered } from "./rates";
import type { Store } from "./store";

/** From this width on the inspector is open from the start. */
const ROOMY = 1200;

/** Closing a sheet that was opened from one of these goes back to it. */
const LISTS: Sheet["kind"][] = ["backups", "inspect", "history"];

export type Actions = ReturnType<typeof createActions>;

export function createActions(platform: Platform, store: Store, memory: WindowMemory) {
  const { rpc } = platform;
  const { loadColumn, loadConsoles, loadLibrary, loadNewColumns, refreshConsole } = createLoading(platform, store);

  const notice = (failure: unknown) => store.set({ notice: asProblem(failure) });
  const putJob = (job: JobView) => store.set((state) => fold(state, { kind: "job_changed", job }));

  async function jobCall(name: "cancel_job" | "pause_job" | "unpause_job" | "retry_job" | "clean_job", id: JobId) {
    await rpc(name, id).then(putJob).catch(notice);
  }

  async function saveSettings(change: Partial<Settings>) {
    const before = store.get().settings;
    store.set({ settings: { ...before, ...change } });
    try {
      store.set({ settings: await rpc("save_settings", { ...before, ...change }) });
      if (change.library_dir !== undefined) void loadLibrary();
    } catch (failure) {
      store.set({ settings: before });
      notice(failure);
    }
  }

  /** Kept at once, but for what still moves under the pointer. */
  function lay(change: Partial<BoardLayout>, keeps = true) {
    const layout = { ...store.get().layout, ...change };
    store.set({ layout });
    if (keeps) memory.saveLayout(layout);
  }

  function keepOpened(file: FileView) {
    store.set((state) => {
      const inLibrary = state.library.view?.files.some((one) => one.path === file.path);
      const others = state.opened.filter((one) => one.path !== file.path);
      return {
        ...state,
        opened: inLibrary ? others : [file, ...others],
        selection: { kind: "file", path: file.path },
        inspectorOpen: true,
      };
    });
  }

  const asked = createAsked(platform, store, keepOpened, notice);

  async function samplesCall(call: () => Promise<State["samples"]>) {
    store.set({ startingSamples: true });
    try {
      store.set({ samples: await call() });
      await loadConsoles();
    } catch (failure) {
      notice(failure);
    } finally {
      store.set({ startingSamples: false });
    }
  }

  return {
    rpc,
    loadColumn,
    loadConsoles,
    loadLibrary,
    refreshConsole,
    saveSettings,

    async boot() {
      store.set({ teams: memory.teams(), layout: memory.layout(), inspectorOpen: window.innerWidth >= ROOMY });
      const failed = (failure: unknown) => {
        notice(failure);
        return null;
      };
      const [about, settings, jobs] = await Promise.all([
        rpc("app_about", null).catch(failed),
        rpc("get_settings", null).catch(failed),
        rpc("list_jobs", null).catch(failed),
      ]);
      store.set((state) => ({
        ...state,
        about,
        samples: about?.samples ?? null,
        settings: settings ?? state.settings,
        jobs: { ...Object.fromEntries((jobs ?? []).map((job) => [job.id, job])), ...state.jobs },
      }));
      await loadConsoles().catch(failed);
      store.set({ ready: true });
      void loadLibrary();
      await asked.take();
    },
    openAsked: asked.open,

    /** What becomes of jobs when the window goes. */
    leave(how: Leave) {
      if (how !== "asking") store.set({ leaving: null });
      rpc("leave", how).catch(notice);
    },
    nameTray: (words: TrayWords) => rpc("name_tray", words).catch(notice),
    notify: (note: DesktopNote) => rpc("notify", note).catch(notice),

    listen() {
      return platform.onEvent((event) => {
        const before = store.get().consoles;
        store.set((state) => fold(state, event));
        if (event.kind === "job_changed")
          store.set((state) => ({ ...state, rates: gathered(state.rates, event.job, Date.now()) }));
        const ask = asks(event);
        if (ask.kind === "consoles") loadConsoles().catch(notice);
        if (ask.kind === "library") void loadLibrary();
        if (ask.kind === "asked") void asked.take();
        if (ask.kind === "column") void loadColumn(ask.cluster);
        if (event.kind === "console_changed") loadNewColumns(before);
      });
    },

    pickTeam(cluster: ClusterId, team: TeamName) {
      const teams = { ...store.get().teams, [cluster]: team };
      store.set({ teams });
      memory.saveTeams(teams);
      void loadColumn(cluster);
    },

    /** Whoever begins with them is shown around. */
    async startSamples() {
      const isFirst = store.get().consoles.length === 0;
      await samplesCall(() => rpc("start_samples", null));
      if (isFirst && store.get().samples?.running) store.set({ tour: { since: new Date().toISOString() } });
    },
    startTour: () => store.set({ tour: { since: new Date().toISOString() }, sheet: null, back: null }),
    endTour: () => store.set({ tour: null }),
    async stopSamples() {
      await samplesCall(() => rpc("stop_samples", null));
      store.set({ tour: null });
    },
    async moveSite(site: Site) {
      await samplesCall(() => rpc("move_site", site));
      for (const console of store.get().consoles) if (console.sample) void refreshConsole(console.id);
    },

    /** Saved, and looked at once more with what was saved. */
    async saveConsole(draft: ConsoleDraft): Promise<void> {
      const saved = await rpc("save_console", draft);
      const columns = store.get().settings.columns;
      if (columns && draft.id === null) await saveSettings({ columns: [...columns, saved.id] });
      await loadConsoles();
      void refreshConsole(saved.id);
    },
    async removeConsole(id: ConsoleId): Promise<void> {
      await rpc("remove_console", id);
      store.set((state) => ({ ...state, selection: null }));
      await loadConsoles();
    },

    async chooseFile() {
      try {
        const file = await rpc("choose_file", null);
        if (file) keepOpened(file);
      } catch (failure) {
        notice(failure);
      }
    },
    async openPath(path: string): Promise<FileView | null> {
      try {
        const file = await rpc("inspect_file", path);
        keepOpened(file);
        return file;
      } catch (failure) {
        notice(failure);
        return null;
      }
    },
    /** Opens an encrypted bundle for this run; the wrong passphrase is refused. */
    async unlock(path: string, passphrase: string): Promise<void> {
      await rpc("give_passphrase", { for: { kind: "file", path }, passphrase });
      const opened = await rpc("inspect_file", path);
      const put = (file: FileView) => (file.path === path ? opened : file);
      store.set((state) => {
        const { view } = state.library;
        const library = view && { ...state.library, view: { ...view, files: view.files.map(put) } };
        return { ...state, opened: state.opened.map(put), library: library ?? state.library };
      });
    },
    /** A job that failed without its passphrase is given it and tried again. */
    async unlockJob(job: JobId, passphrase: string): Promise<void> {
      await rpc("give_passphrase", { for: { kind: "job", job }, passphrase });
      await jobCall("retry_job", job);
    },
    putAway(path: string) {
      store.set((state) => ({ ...state, opened: state.opened.filter((file) => file.path !== path) }));
    },
    async chooseLibrary() {
      try {
        const folder = await rpc("choose_folder", null);
        if (folder !== null) await saveSettings({ library_dir: folder });
      } catch (failure) {
        notice(failure);
      }
    },
    openReport: (path: string) => rpc("open_report", { path }).catch(notice),
    /** As a page, in the browser: written anew beside the bundles. */
    async openReportPage(job: JobId, language: Language) {
      try {
        const { path } = await rpc("save_report", { job, format: "html", language, path: null });
        await rpc("open_report", { path });
      } catch (failure) {
        notice(failure);
      }
    },
    reveal: (path: string) => rpc("reveal_file", path).catch(notice),
    async verify(path: string) {
      try {
        const job = await rpc("verify_file", path);
        putJob(job);
        store.set({ drawerOpen: true, job: job.id });
      } catch (failure) {
        notice(failure);
      }
    },

    inspect: (source: PlanSource) => rpc("inspect", source),
    makePlan: (request: PlanRequest) => rpc("make_plan", request),
    /** The passphrase of a bundle that the plan writes goes its own way, and is in no plan. */
    async startPlan(plan: PlanId, confirm: string, passphrase: string | null): Promise<void> {
      if (passphrase !== null) await rpc("give_passphrase", { for: { kind: "plan", plan }, passphrase });
      const job = await rpc("start_plan", { plan, confirm });
      putJob(job);
      store.set({ sheet: null, back: null, drawerOpen: true, job: job.id });
    },
    /** Each plan by itself: one that is refused does not keep the others back. */
    async startPlans(plans: PlanId[], confirm: string): Promise<Problem[]> {
      const refused: Problem[] = [];
      for (const plan of plans) {
        try {
          const job = await rpc("start_plan", { plan, confirm });
          putJob(job);
          store.set({ drawerOpen: true, job: job.id });
        } catch (failure) {
          refused.push(asProblem(failure));
        }
      }
      if (refused.length === 0) store.set({ sheet: null, back: null });
      return refused;
    },
    async exportTicket(backup: BackupRef) {
      try {
        const file = await rpc("export_ticket", { backup, folder: null });
        store.set({ sheet: null, back: null });
        await loadLibrary();
        keepOpened(file);
      } catch (failure) {
        store.set({ sheet: null, back: null });
        notice(failure);
      }
    },
    async deleteOriginal(job: JobId, confirm: string): Promise<void> {
      putJob(await rpc("delete_original", { job, confirm }));
    },

    /** None when the dialog was closed. */
    saveReport: (job: JobId, format: ReportFormat, language: Language) =>
      rpc("save_report_as", { job, format, language, path: null }),

    cancelJob: (id: JobId) => jobCall("cancel_job", id),
    pauseJob: (id: JobId) => jobCall("pause_job", id),
    unpauseJob: (id: JobId) => jobCall("unpause_job", id),
    async moveJob(job: JobId, before: JobId | null) {
      await rpc("move_job", { job, before }).then(putJob).catch(notice);
    },
    retryJob: (id: JobId) => jobCall("retry_job", id),
    cleanJob: (id: JobId) => jobCall("clean_job", id),
    async forgetJob(id: JobId) {
      try {
        await rpc("forget_job", id);
        store.set((state) => {
          const { [id]: _gone, ...jobs } = state.jobs;
          const { [id]: _samples, ...rates } = state.rates;
          return { ...state, jobs, rates, job: state.job === id ? null : state.job };
        });
      } catch (failure) {
        notice(failure);
      }
    },

    select: (selection: Selection | null) => store.set({ selection, second: null }),
    /** Beside what is selected, or no longer. */
    selectSecond: (second: Selection) =>
      store.set((state) => {
        if (!state.selection) return { ...state, selection: second };
        const isSame = (one: Selection | null) => JSON.stringify(one) === JSON.stringify(second);
        if (isSame(state.selection)) return { ...state, selection: state.second, second: null };
        return { ...state, second: isSame(state.second) ? null : second, inspectorOpen: true };
      }),
    openSheet: (sheet: Sheet) =>
      store.set((state) => {
        const list = state.sheet && LISTS.includes(state.sheet.kind) ? state.sheet : null;
        return { ...state, sheet, back: sheet.kind === list?.kind ? null : list };
      }),
    closeSheet: () => store.set((state) => ({ ...state, sheet: state.back, back: null })),
    /** None: as wide as the others leave it. */
    sizeColumn(key: string, width: number | null, keeps: boolean) {
      const { [key]: _before, ...others } = store.get().layout.widths;
      lay({ widths: width === null ? others : { ...others, [key]: width } }, keeps);
    },
    sameWidths: () => lay({ widths: {} }),
    hideLibrary: (libraryHidden: boolean) => lay({ libraryHidden }),
    keepSearches: (searches: string[]) => lay({ searches }),
    openHelp: (help: HelpAt) => store.set({ help, paletteOpen: false }),
    closeHelp: () => store.set({ help: null }),
    openPalette: () => store.set({ paletteOpen: true }),
    closePalette: () => store.set({ paletteOpen: false }),
    /** Opens the column, and goes to the row; a search that would hide it ends. */
    show(shown: Shown) {
      const { consoles, settings } = store.get();
      const keys = openColumns(consoles, settings.columns).map((column) => column.key);
      if (!keys.includes(shown.cluster)) void saveSettings({ columns: [...keys, shown.cluster] });
      store.set({ shown, search: "" });
    },
    search: (search: string) => store.set({ search }),
    group: (grouping: State["grouping"]) => store.set({ grouping }),
    showJob: (job: JobId) => store.set({ job, drawerOpen: true }),
    /** Without the sheet that listed it. */
    showJobOnly: (job: JobId) => store.set({ job, drawerOpen: true, sheet: null, back: null }),
    toggleDrawer: () => store.set((state) => ({ ...state, drawerOpen: !state.drawerOpen })),
    openInspector: () => store.set({ inspectorOpen: true }),
    toggleInspector: () => store.set((state) => ({ ...state, inspectorOpen: !state.inspectorOpen })),
    dismissNotice: () => store.set({ notice: null }),
    notice,
  };
}
