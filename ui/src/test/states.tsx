/** A state of a screen, to be rendered by the one test of all states: what it knows, and what is drawn. */
import type { ReactElement, ReactNode } from "react";
import { DragLayer } from "../drag/DragLayer";
import { type FakePlatform, fakePlatform } from "../platform/fake/platform";
import { EMPTY, type State } from "../state/model";
import { openSession, SessionProvider } from "../state/session";
import { type Spoken, WordsProvider } from "../strings";

export interface ScreenState {
  draw: () => ReactElement;
  /** What the window knows, beside what the scene brings. */
  state?: Partial<State>;
  /** What must be on the screen, in English. */
  shows?: string | RegExp;
}

export type ScreenStates = Record<string, ScreenState>;

export function Stage({
  state,
  language,
  platform,
  children,
}: {
  state?: Partial<State>;
  language: Spoken;
  platform?: FakePlatform;
  children: ReactNode;
}) {
  const door = platform ?? fakePlatform({ scene: "board" });
  const session = openSession(door, { ...EMPTY, ready: true, ...state });
  return (
    <SessionProvider session={session}>
      <WordsProvider language={language}>
        <DragLayer platform={door} onDrop={() => undefined}>
          <div id="root">{children}</div>
        </DragLayer>
      </WordsProvider>
    </SessionProvider>
  );
}
