/** Numbers and times as people read them. The one place that turns bytes and seconds into words. */

/** The few words that times are made of, per language. */
export interface TimeWords {
  today: string;
  yesterday: string;
  h: string;
  min: string;
  s: string;
  about: (time: string) => string;
}

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];

/** 1000 based, as disks and stores count: `1.2 GB`, `318 MB`, `84 KB`. */
export function bytes(count: number): string {
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit >= 2 && value < 9.95 ? 1 : unit >= 3 && value < 99.5 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

export function rate(bytesPerSec: number): string {
  return `${bytes(bytesPerSec)}/s`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** `7 s`, `2 min 31 s`, `1 h 05 min`. */
export function duration(secs: number, words: TimeWords): string {
  const whole = Math.max(0, Math.round(secs));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h > 0) return `${h} ${words.h} ${two(min)} ${words.min}`;
  if (min > 0) return s > 0 ? `${min} ${words.min} ${two(s)} ${words.s}` : `${min} ${words.min}`;
  return `${s} ${words.s}`;
}

/** `about 40 s`: rounded, since it is not measured. */
export function estimate(secs: number, words: TimeWords): string {
  const rounded =
    secs < 20 ? Math.max(1, Math.round(secs)) : secs < 120 ? Math.round(secs / 10) * 10 : Math.round(secs / 60) * 60;
  return words.about(duration(rounded, words));
}

/** Of `2026-08-20 10:30:12` (no zone: the console's own): today and yesterday in words, else `08-13 10:30`. */
export function when(created: string, now: Date, words: TimeWords): string {
  const [date, time] = created.split(/[ T]/);
  if (!date || !time) return created;
  const clock = time.slice(0, 5);
  if (date === day(now)) return `${words.today} ${clock}`;
  if (date === day(new Date(now.getTime() - 86_400_000))) return `${words.yesterday} ${clock}`;
  return date.startsWith(`${now.getFullYear()}-`) ? `${date.slice(5)} ${clock}` : `${date} ${clock}`;
}

function day(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `YYYYMMDDHHMMSS` to `2026-08-20 10:30:12`; anything else stays as it is. */
export function versionTime(version: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(version);
  if (!parts) return version;
  const [, y, mo, d, h, mi, s] = parts;
  return `${y}-${mo}-${d} ${h}:${mi}:${s}`;
}

/** An instant of ours, in this computer's zone: `10:43:12`. */
export function clock(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? "" : `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** An instant of ours as `2026-08-20 10:43:12`. */
export function fullTime(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? instant : `${day(at)} ${clock(instant)}`;
}

export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (new Date(to).getTime() - new Date(from).getTime()) / 1000);
}
