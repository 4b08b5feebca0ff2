/** Chooses what the page talks to. The fake world exists in development builds only. */
import type { Platform } from "./types";

export async function openPlatform(): Promise<Platform> {
  if (import.meta.env.DEV) {
    const asked = new URLSearchParams(window.location.search).get("fake");
    if (asked !== null) {
      const { openFake } = await import("./fake/platform");
      return openFake(asked);
    }
  }
  const { openTauri } = await import("./tauri");
  return openTauri();
}
