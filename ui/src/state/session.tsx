/** Hands store and actions to the screens. */
import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Platform } from "../platform/types";
import { type Actions, createActions, type TeamMemory } from "./actions";
import type { State } from "./model";
import { createStore, type Store } from "./store";

export interface Session {
  platform: Platform;
  store: Store;
  act: Actions;
}

const TEAMS_KEY = "rainferry.teams";

const windowMemory: TeamMemory = {
  load() {
    const teams: Record<string, string> = {};
    try {
      const kept: unknown = JSON.parse(window.localStorage.getItem(TEAMS_KEY) ?? "{}");
      for (const [cluster, team] of Object.entries(kept ?? {})) if (typeof team === "string") teams[cluster] = team;
    } catch {
      // A damaged memory is an empty one: the first team is shown.
    }
    return teams;
  },
  save(teams) {
    window.localStorage.setItem(TEAMS_KEY, JSON.stringify(teams));
  },
};

export function openSession(platform: Platform, start?: State): Session {
  const store = createStore(start);
  return { platform, store, act: createActions(platform, store, windowMemory) };
}

const Context = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("No session around this component");
  return session;
}

export function useAct(): Actions {
  return useSession().act;
}

/** What `pick` returns must be part of the state, not made anew: it is compared by identity. */
export function useStore<T>(pick: (state: State) => T): T {
  const { store } = useSession();
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
