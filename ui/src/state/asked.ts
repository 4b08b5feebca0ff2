/** Files and links that the desktop opened with Rainferry: fetched from the core, then opened one after the other. */
import type { AskView, FileView } from "../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../ipc/options";
import type { Platform } from "../platform/types";
import type { Sheet } from "./model";
import type { Store } from "./store";

export function createAsked(
  { rpc }: Platform,
  store: Store,
  keepOpened: (file: FileView) => void,
  notice: (failure: unknown) => void,
) {
  function sheetOf(ask: AskView): Sheet | null {
    switch (ask.kind) {
      case "file":
        keepOpened(ask.file);
        return { kind: "import", path: ask.file.path };
      case "console":
        return { kind: "console", id: ask.console, address: ask.address };
      case "plan":
        return { kind: "plan", request: { source: ask.source, target: ask.target, options: { ...PLAIN_OPTIONS } } };
      case "refused":
        notice(ask.problem);
        return null;
    }
  }

  return {
    async take() {
      try {
        const found = await rpc("take_asked", null);
        if (found.length > 0) store.set((state) => ({ ...state, asked: [...state.asked, ...found] }));
      } catch (failure) {
        notice(failure);
      }
    },
    /** The next one that opens a sheet. */
    open() {
      const [next, ...later] = store.get().asked;
      if (!next) return;
      store.set({ asked: later });
      const sheet = sheetOf(next);
      if (sheet) store.set({ sheet, back: null });
    },
  };
}
