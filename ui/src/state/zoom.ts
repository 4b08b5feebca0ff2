/** How large the window is drawn: the steps, and the next one up or down. Pure. */

export const ZOOMS = [80, 100, 125, 150, 175, 200];

export function nextZoom(now: number | null, step: -1 | 1): number {
  const at = now ?? 100;
  const next = step > 0 ? ZOOMS.find((one) => one > at) : ZOOMS.findLast((one) => one < at);
  return next ?? at;
}

/** What Ctrl (or ⌘) and a key ask for; none where it asks for nothing. */
export function zoomOf(key: string, now: number | null): number | null {
  if (key === "0") return 100;
  if (key === "+" || key === "=") return nextZoom(now, 1);
  return key === "-" || key === "_" ? nextZoom(now, -1) : null;
}
