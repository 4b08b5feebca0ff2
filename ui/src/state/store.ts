/** One value, its listeners, and nothing else. */
import { EMPTY, type State } from "./model";

export interface Store {
  get(): State;
  set(change: Partial<State> | ((state: State) => State)): void;
  subscribe(listen: () => void): () => void;
}

export function createStore(start: State = EMPTY): Store {
  let state = start;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      const next = typeof change === "function" ? change(state) : { ...state, ...change };
      if (next === state) return;
      state = next;
      for (const listen of listeners) listen();
    },
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
}
