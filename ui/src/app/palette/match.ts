/** How well something fits what was typed. Pure: words by substring, Latin ones also by their letters in order. */

export interface Searchable {
  /** What is shown, and marked. */
  label: string;
  /** Searched too, and not marked. */
  also: string;
}

export interface Fit {
  score: number;
  /** Stretches of the label that were meant, in order. */
  marks: [from: number, to: number][];
}

export function queryWords(query: string): string[] {
  return folded(query.normalize("NFKC")).split(/\s+/).filter(Boolean);
}

/** None where a word fits nowhere. */
export function howWell(words: string[], { label, also }: Searchable): Fit | null {
  const here = folded(label);
  const there = folded(also);
  let score = 0;
  const marks: Fit["marks"] = [];
  for (const word of words) {
    const found = inLabel(word, here) ?? elsewhere(word, there) ?? byLetters(word, here);
    if (!found) return null;
    score += found.score;
    marks.push(...found.marks);
  }
  return { score: score - Math.min(label.length, 60) / 100, marks: here.length === label.length ? joined(marks) : [] };
}

/** Small letters of the same length, so that marks stay where they are. */
function folded(text: string): string {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text;
}

function inLabel(word: string, label: string): Fit | null {
  const at = label.indexOf(word);
  if (at < 0) return null;
  const begins = at === 0 || /[^\p{L}\p{N}]/u.test(label.charAt(at - 1));
  const score = label === word ? 120 : at === 0 ? 100 : begins ? 80 : 60;
  return { score, marks: [[at, at + word.length]] };
}

function elsewhere(word: string, also: string): Fit | null {
  const at = also.indexOf(word);
  if (at < 0) return null;
  const begins = at === 0 || /[^\p{L}\p{N}]/u.test(also.charAt(at - 1));
  return { score: begins ? 40 : 25, marks: [] };
}

/** `mgr` fits `migrate`: letters in order, close together. */
function byLetters(word: string, label: string): Fit | null {
  if (word.length < 3 || !/^[\x21-\x7e]+$/.test(word)) return null;
  const marks: Fit["marks"] = [];
  let at = -1;
  for (const letter of word) {
    at = label.indexOf(letter, at + 1);
    if (at < 0) return null;
    marks.push([at, at + 1]);
  }
  const first = marks[0]?.[0] ?? 0;
  const span = at + 1 - first;
  return span <= word.length * 2 + 1 ? { score: 15 - (span - word.length), marks } : null;
}

function joined(marks: Fit["marks"]): Fit["marks"] {
  const whole: Fit["marks"] = [];
  for (const [from, to] of [...marks].sort((a, b) => a[0] - b[0])) {
    const last = whole.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else whole.push([from, to]);
  }
  return whole;
}
