/** Loading under way while the world changes. */
import { expect, test } from "vitest";
import type { Commands } from "../ipc/generated/contract";
import { fakePlatform } from "../platform/fake/platform";
import { boardWorld } from "../platform/fake/world";
import type { AnswerOf, CommandName, Platform, RequestOf } from "../platform/types";
import { createLoading } from "./loading";
import { EMPTY } from "./model";
import { createStore } from "./store";

const { consoles } = boardWorld("board");
const cluster = "c-shanghai/shanghai";

/** Holds every `load_column` until it is told to go. */
function slow() {
  const inner = fakePlatform({ scene: "board" });
  const waiting: { team: string; go: () => void }[] = [];
  const platform: Platform = {
    ...inner,
    async rpc<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>> {
      if (name === "load_column") {
        const { team } = request as Commands["load_column"]["request"];
        await new Promise<void>((go) => waiting.push({ team, go }));
      }
      return inner.rpc(name, request);
    },
  };
  return { platform, waiting };
}

test("a column whose cluster goes away while it loads does not load for ever", async () => {
  const { platform, waiting } = slow();
  const store = createStore({ ...EMPTY, consoles });
  const done = createLoading(platform, store).loadColumn(cluster);
  store.set({ consoles: [] });
  waiting[0]?.go();
  await done;
  expect(store.get().columns[cluster]?.loading).toBe(false);
});

test("the answer for a team that is no longer chosen is dropped", async () => {
  const { platform, waiting } = slow();
  const store = createStore({ ...EMPTY, consoles });
  const { loadColumn } = createLoading(platform, store);
  const first = loadColumn(cluster);
  store.set({ teams: { [cluster]: "sandbox" } });
  const second = loadColumn(cluster);
  waiting[1]?.go();
  await second;
  waiting[0]?.go();
  await first;
  expect(store.get().columns[cluster]?.view?.team).toBe("sandbox");
});

test("a console is looked at once at a time", async () => {
  const platform = fakePlatform({ scene: "board" });
  const { refreshConsole } = createLoading(platform, createStore({ ...EMPTY, consoles }));
  await Promise.all([refreshConsole("c-beijing"), refreshConsole("c-beijing")]);
  expect(platform.calls.filter((name) => name === "refresh_console")).toHaveLength(1);
});

/** Remembers the board's own column, from an hour ago; `load_column` answers or fails. */
function remembering(fails: boolean) {
  const inner = fakePlatform({ scene: "board" });
  let go = () => {};
  const loaded = new Promise<void>((resolve) => {
    go = resolve;
  });
  const old = "2026-01-01T00:00:00Z";
  const platform: Platform = {
    ...inner,
    async rpc<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>> {
      if (name === "remembered_column") {
        const view = await inner.rpc("load_column", request as Commands["load_column"]["request"]);
        return { ...view, loaded_at: old } as AnswerOf<N>;
      }
      if (name === "load_column") {
        await loaded;
        if (fails) throw { code: "unreachable", message: "gone" };
      }
      return inner.rpc(name, request);
    },
  };
  return { platform, go, old };
}

test.each([false, true])("what was seen last time is shown until its console answers (fails: %s)", async (fails) => {
  const { platform, go, old } = remembering(fails);
  const store = createStore({ ...EMPTY, consoles });
  createLoading(platform, store).loadNewColumns([]);
  await expect.poll(() => store.get().columns[cluster]?.view?.loaded_at).toBe(old);
  go();
  await expect.poll(() => store.get().columns[cluster]?.loading).toBe(false);
  const slot = store.get().columns[cluster];
  expect([slot?.view?.loaded_at === old, slot?.problem !== null]).toEqual([fails, fails]);
});
