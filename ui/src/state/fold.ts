/** Folds an event of the core into what the window knows. Pure; what must be asked again is said by `asks`. */
import type { ClusterId, ConsoleView, Event } from "../ipc/generated/contract";
import type { State } from "./model";

export function fold(state: State, event: Event): State {
  switch (event.kind) {
    case "job_changed":
      // An answer may be overtaken by the events that followed it.
      if ((state.jobs[event.job.id]?.revision ?? 0) > event.job.revision) return state;
      return { ...state, jobs: { ...state.jobs, [event.job.id]: event.job } };
    case "console_changed":
      return { ...state, consoles: upsert(state.consoles, event.console) };
    case "samples_changed":
      return { ...state, samples: event.samples };
    case "settings_changed":
      return { ...state, settings: event.settings };
    case "leaving":
      return { ...state, leaving: { tray: event.tray } };
    case "update_comes":
      return { ...state, updateComes: { done: event.done_bytes, total: event.total_bytes } };
    case "consoles_changed":
    case "library_changed":
    case "column_changed":
    case "asked":
      return state;
  }
}

/** What an event asks the window to load again. */
export type Ask =
  | { kind: "none" }
  | { kind: "consoles" }
  | { kind: "library" }
  | { kind: "asked" }
  | { kind: "column"; cluster: ClusterId };

export function asks(event: Event): Ask {
  switch (event.kind) {
    case "consoles_changed":
      return { kind: "consoles" };
    case "library_changed":
      return { kind: "library" };
    case "asked":
      return { kind: "asked" };
    case "column_changed":
      return { kind: "column", cluster: event.cluster };
    case "job_changed":
    case "console_changed":
    case "samples_changed":
    case "settings_changed":
    case "leaving":
    case "update_comes":
      return { kind: "none" };
  }
}

function upsert(consoles: ConsoleView[], changed: ConsoleView): ConsoleView[] {
  const known = consoles.some((one) => one.id === changed.id);
  return known ? consoles.map((one) => (one.id === changed.id ? changed : one)) : [...consoles, changed];
}
