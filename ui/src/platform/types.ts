/** The door to everything outside the page: commands to the core, its events, and files dropped from the desktop. */
import type { Commands, Event } from "../ipc/generated/contract";

export type CommandName = keyof Commands;
export type RequestOf<N extends CommandName> = Commands[N]["request"];
export type AnswerOf<N extends CommandName> = Commands[N]["answer"];

/** Files of the desktop over the window. Positions are CSS pixels of the page. */
export type FileDrag =
  | { kind: "over"; paths: string[]; x: number; y: number }
  | { kind: "drop"; paths: string[]; x: number; y: number }
  | { kind: "leave" };

export type Stop = () => void;

export interface Platform {
  /** Rejects with a `Problem`. */
  rpc<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>>;
  onEvent(listen: (event: Event) => void): Stop;
  onFileDrop(listen: (drag: FileDrag) => void): Stop;
}
