/** What the palette can do with the window itself, and its jobs. */
import type { JobView, Language, Theme } from "../../ipc/generated/contract";
import { type MenuItem, placeName } from "../../parts";
import { orderedJobs } from "../../state/board";
import { EVERY_JOB } from "../../state/model";
import { nextZoom } from "../../state/zoom";
import { wordsOf } from "../../strings";
import { straight } from "../../strings/say";
import type { Known } from "./entries";
import type { Entry } from "./results";

export function windowEntries(known: Known): Entry[] {
  const entries = [...switches(known), ...orderedJobs(known.state.jobs).flatMap((job) => jobEntries(job, known))];
  return entries.map((entry) => ({ ...entry, label: straight(entry.label) }));
}

function switches({ state, act, words }: Known): Entry[] {
  const { settings } = state;
  // Whoever has the window in one language may look for a thing by its name in the other.
  const other = wordsOf(words.lang === "zh" ? "en" : "zh");
  const act1 = (key: string, icon: Entry["icon"], label: string, also: string, run: () => void): Entry => ({
    key: `window ${key}`,
    group: "actions",
    icon,
    label,
    also,
    hint: "",
    always: true,
    run,
  });
  const drawer = state.drawerOpen ? "hideTransfers" : "showTransfers";
  const panel = state.inspectorOpen ? "hideInspector" : "showInspector";
  const grouping = state.grouping === "app" ? "byTime" : "byApp";
  const entries = [
    act1("connect", "plus", words.top.addCluster, other.top.addCluster, () => act.openSheet({ kind: "console", id: null })),
    act1("open", "bundle", words.library.openFile, other.library.openFile, () => void act.chooseFile()),
    act1("transfers", "swap", words.palette[drawer], other.palette[drawer], act.toggleDrawer),
    act1("inspector", "panel", words.palette[panel], other.palette[panel], act.toggleInspector),
    act1(
      "arrange",
      "clock",
      `${words.top.grouping}${words.colon}${words.top[grouping]}`,
      `${other.top.grouping} ${other.top[grouping]}`,
      () => act.group(state.grouping === "app" ? "time" : "app"),
    ),
    act1("history", "history", words.history.title, other.history.title, () =>
      act.openSheet({ kind: "history", choice: EVERY_JOB }),
    ),
    act1("help", "help", words.help.title, `${other.help.title} F1`, () => act.openHelp({ topic: "migrate", code: null })),
    act1("settings", "settings", words.settings.title, other.settings.title, () => act.openSheet({ kind: "settings" })),
  ];
  const themes: Theme[] = ["light", "dark", "auto"];
  for (const theme of themes)
    if (theme !== settings.theme)
      entries.push(
        act1(
          `theme ${theme}`,
          theme === "dark" ? "moon" : "sun",
          `${words.settings.theme}${words.colon}${words.settings[theme]}`,
          `${other.settings.theme} ${other.settings[theme]}`,
          () => void act.saveSettings({ theme }),
        ),
      );
  const languages: [Language, string][] = [
    ["zh", "中文"],
    ["en", "English"],
  ];
  for (const [language, name] of languages)
    if (language !== words.lang)
      entries.push(
        act1(
          `language ${language}`,
          "globe",
          `${words.settings.language}${words.colon}${name}`,
          `${other.settings.language} ${language}`,
          () => void act.saveSettings({ language }),
        ),
      );
  for (const step of [1, -1] as const) {
    const next = nextZoom(settings.zoom_percent, step);
    if (next !== (settings.zoom_percent ?? 100))
      entries.push(
        act1(
          `zoom ${step}`,
          "search",
          `${words.layout.zoom}${words.colon}${next} %`,
          other.layout.zoom,
          () => void act.saveSettings({ zoom_percent: next }),
        ),
      );
  }
  if (state.samples?.available && !state.samples.running)
    entries.push(act1("samples", "play", words.side.startSamples, other.side.startSamples, () => void act.startSamples()));
  if (state.samples?.running) entries.push(act1("tour", "play", words.tour.start, other.tour.start, act.startTour));
  return entries;
}

function jobEntries(job: JobView, { act, words }: Known): Entry[] {
  const name = `${job.app_name} → ${placeName(job.target, words)}`;
  const isLive = job.state === "running" || job.state === "queued" || job.state === "cancelling";
  const environment = job.target.kind === "team" ? job.target.environment : undefined;
  const report: MenuItem = {
    label: words.transfers.report,
    icon: "bundle",
    disabled: job.report === null,
    run: () => act.openSheet({ kind: "report", job: job.id }),
  };
  const problem: MenuItem = {
    label: words.transfers.problem,
    icon: "block",
    run: () => act.openSheet({ kind: "problem", job: job.id }),
  };
  const items = (): MenuItem[] => [
    { label: words.palette.showTransfers, icon: "swap", run: () => act.showJob(job.id) },
    ...(job.problem && !isLive ? [problem] : []),
    ...(isLive ? [] : [report]),
    ...(job.can_pause ? [{ label: words.transfers.pause, icon: "pause" as const, run: () => void act.pauseJob(job.id) }] : []),
    ...(job.paused ? [{ label: words.transfers.goOn, icon: "play" as const, run: () => void act.unpauseJob(job.id) }] : []),
    ...(job.can_retry ? [{ label: words.transfers.retry, icon: "retry" as const, run: () => void act.retryJob(job.id) }] : []),
  ];
  const hint = `${words.jobKind[job.kind]} · ${words.jobState[job.state]}`;
  const base = { hint, environment, also: job.id, group: "jobs" as const };
  const list: Entry[] = [
    { ...base, key: `job ${job.id}`, icon: "swap", label: name, always: isLive, run: () => act.showJob(job.id), items },
  ];
  if (job.report && !isLive)
    list.push({ ...base, key: `report ${job.id}`, icon: "bundle", label: words.palette.reportOf(name), run: report.run });
  if (job.problem && !isLive)
    list.push({ ...base, key: `problem ${job.id}`, icon: "block", label: words.palette.problemOf(name), run: problem.run });
  return list;
}
