/** Hands store and actions to the screens. */
import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Platform } from "../platform/types";
import { type Actions, createActions } from "./actions";
import { windowMemory } from "./memory";
import type { State } from "./model";
import { createStore, type Store } from "./store";

export interface Session {
  platform: Platform;
  store: Store;
  act: Actions;
}

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
