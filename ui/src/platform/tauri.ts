/** The desktop window: the only file that knows Tauri. */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Event } from "../ipc/generated/contract";
import type { AnswerOf, CommandName, FileDrag, Platform, RequestOf, Stop } from "./types";

/** Listening starts late and may be stopped before it started. */
function stopLater(started: Promise<Stop>): Stop {
  return () => {
    started.then((stop) => stop()).catch(() => undefined);
  };
}

/** How much larger the page is drawn than its pixel ratio says: WebKit leaves its zoom out of the ratio, WebView2 does not. */
function ownZoom(): number {
  return /\bEdg\//.test(navigator.userAgent) ? 1 : Number(document.documentElement.dataset.zoom ?? 100) / 100;
}

export function openTauri(): Platform {
  return {
    rpc<N extends CommandName>(name: N, request: RequestOf<N>) {
      return invoke<AnswerOf<N>>("rpc", { name, request });
    },
    onEvent(tell) {
      return stopLater(listen<Event>("core", (event) => tell(event.payload)));
    },
    onFileDrop(tell: (drag: FileDrag) => void) {
      // Only `enter` and `drop` carry the paths; positions are physical pixels.
      let paths: string[] = [];
      const css = (value: number) => value / window.devicePixelRatio / ownZoom();
      return stopLater(
        getCurrentWebview().onDragDropEvent(({ payload }) => {
          if (payload.type === "leave") {
            paths = [];
            return tell({ kind: "leave" });
          }
          if (payload.type !== "over") paths = payload.paths;
          tell({
            kind: payload.type === "drop" ? "drop" : "over",
            paths,
            x: css(payload.position.x),
            y: css(payload.position.y),
          });
        }),
      );
    },
  };
}
