/** Times of day as minutes since midnight, and what people type for them. Pure. */
import type { QuietHours } from "../ipc/generated/contract";

const DAY = 24 * 60;

export function timeOf(minute: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `9`, `9:05`, `09：05`, `0905`; null where it is no time of day. */
export function minuteOf(text: string): number | null {
  const found = /^\s*(\d{1,2})(?:\s*[:：.]?\s*(\d{2}))?\s*$/u.exec(text);
  if (!found) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2] ?? 0)];
  const minute = hours * 60 + minutes;
  return minutes < 60 && minute < DAY ? minute : null;
}

/** Whether it is that part of the day; it may go over midnight. */
export function isQuiet(quiet: QuietHours | null, now: Date): boolean {
  if (!quiet) return false;
  const minute = now.getHours() * 60 + now.getMinutes();
  const { from_minute: from, to_minute: to } = quiet;
  return from <= to ? from <= minute && minute < to : minute >= from || minute < to;
}
