/** Finds anything by a few letters, and does what can be done with it. A list under a field: arrows, Enter, → for more, Esc. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Blank, cx, EnvTag, Icon, useModal } from "../../parts";
import { useAct, useSession, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { boardEntries } from "./entries";
import { type Entry, entriesOf, type Listed, type ListedGroup, results } from "./results";
import { windowEntries } from "./windowEntries";

/** A list inside the list: what can be done with one thing. */
interface Level {
  title: string;
  entries: Entry[];
}

export function Palette() {
  const words = useWords();
  const act = useAct();
  const say = words.palette;
  const id = useId();
  const box = useRef<HTMLElement>(null);
  useModal(box);
  const [query, setQuery] = useState("");
  const [levels, setLevels] = useState<Level[]>([]);
  const [chosen, setChosen] = useState(0);
  const everything = useEntries();
  const level = levels.at(-1);
  const groups = useMemo(() => results(level?.entries ?? everything, query), [level, everything, query]);
  const rows = groups.flatMap((group) => group.rows);
  const all = groups.reduce((sum, group) => sum + group.all, 0);
  const now = rows[Math.min(chosen, rows.length - 1)];

  const go = (next: Level[], text = "") => {
    setLevels(next);
    setQuery(text);
    setChosen(0);
  };
  const open = (entry: Entry) => {
    const items = entry.items?.() ?? [];
    if (items.length > 0) go([...levels, { title: entry.label, entries: entriesOf(items) }]);
  };
  const run = (entry: Entry) => {
    if (entry.disabled) return;
    if (!entry.run) return open(entry);
    act.closePalette();
    entry.run();
  };
  const back = () => (levels.length > 0 ? go(levels.slice(0, -1)) : act.closePalette());

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing) return;
    const step = STEPS[event.key];
    const input = event.target instanceof HTMLInputElement ? event.target : null;
    const atEnd = input === null || input.selectionStart === query.length;
    if (step !== undefined && rows.length > 0) {
      const next = Math.abs(step) === 1 ? (chosen + step + rows.length) % rows.length : chosen + step;
      setChosen(Math.max(0, Math.min(rows.length - 1, next)));
    } else if (event.key === "Enter" && now) run(now.entry);
    else if (event.key === "ArrowRight" && atEnd && now?.entry.items) open(now.entry);
    else if ((event.key === "ArrowLeft" || event.key === "Backspace") && query === "" && levels.length > 0) back();
    else if (event.key === "Escape") back();
    else if (event.key !== "Tab") return;
    event.preventDefault();
  };

  return createPortal(
    <div className="veil palette-veil" onPointerDown={(event) => event.target === event.currentTarget && act.closePalette()}>
      <section ref={box} className="palette raised" role="dialog" aria-modal="true" aria-label={say.title} onKeyDown={onKeyDown}>
        <div className="palette-field">
          <Icon name="search" tone="t3" />
          {level && (
            <span className="tag acc">
              <span className="cut">{level.title}</span>
            </span>
          )}
          <input
            data-autofocus
            role="combobox"
            aria-label={level ? `${level.title}${words.colon}${say.groups.items}` : say.field}
            aria-expanded={rows.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={now ? `${id}-${rows.indexOf(now)}` : undefined}
            placeholder={level ? say.groups.items : say.field}
            value={query}
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            onChange={(event) => {
              setQuery(event.target.value);
              setChosen(0);
            }}
          />
        </div>
        <List id={id} groups={groups} now={now} onRun={run} onPoint={(row) => setChosen(rows.indexOf(row))} />
        {rows.length === 0 && (
          <Blank icon="search" title={say.nothing}>
            <span>{say.nothingHint}</span>
          </Blank>
        )}
        <div className="palette-foot">
          <Key keys="↑ ↓" does={say.choose} />
          <Key keys="Enter" does={say.run} />
          {now?.entry.items && <Key keys="→" does={say.more} />}
          <Key keys="Esc" does={levels.length > 0 ? say.back : say.close} />
          <span className="grow" />
          <span className="num" role="status">
            {say.count(rows.length, all)}
          </span>
        </div>
      </section>
    </div>,
    document.body,
  );
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

/** What there is; what the board shows is not made anew because a job moves. */
function useEntries(): Entry[] {
  const words = useWords();
  const { store, act } = useSession();
  const state = useStore((now) => now);
  const { consoles, columns, library, opened, jobs, settings, samples } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what the entries are made of
  const board = useMemo(
    () => boardEntries({ state: store.get(), act, words, now: new Date() }),
    [consoles, columns, library, opened, store, act, words],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what the entries are made of
  const window = useMemo(
    () => windowEntries({ state: store.get(), act, words, now: new Date() }),
    [jobs, settings, samples, store, act, words],
  );
  return useMemo(() => [...window, ...board], [window, board]);
}

interface ListProps {
  id: string;
  groups: ListedGroup[];
  now: Listed | undefined;
  onRun: (entry: Entry) => void;
  onPoint: (row: Listed) => void;
}

function List({ id, groups, now, onRun, onPoint }: ListProps) {
  const words = useWords();
  const say = words.palette;
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row that is chosen comes into view
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [now]);
  let index = 0;
  return (
    <div ref={list} className="palette-list" id={`${id}-list`} role="listbox" aria-label={say.results} tabIndex={-1}>
      {groups.map(({ group, rows, all }) => (
        <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
          <div className="palette-group">
            <span id={`${id}-${group}`}>{say.groups[group]}</span>
            {rows.length < all && <span className="num t3">{say.some(rows.length, all)}</span>}
          </div>
          {rows.map((row) => (
            <Row key={row.entry.key} id={`${id}-${index++}`} row={row} isNow={row === now} onRun={onRun} onPoint={onPoint} />
          ))}
        </div>
      ))}
    </div>
  );
}

interface RowProps {
  id: string;
  row: Listed;
  isNow: boolean;
  onRun: (entry: Entry) => void;
  onPoint: (row: Listed) => void;
}

/** The keys are the field's: a row is only pointed at. */
function Row({ id, row, isNow, onRun, onPoint }: RowProps) {
  const { entry } = row;
  const words = useWords();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus and has the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isNow}
      aria-disabled={entry.disabled}
      className={cx("palette-row", isNow && "on", entry.disabled && "off")}
      onPointerDown={(event) => event.preventDefault()}
      onPointerMove={() => !isNow && onPoint(row)}
      onClick={() => onRun(entry)}
    >
      <Icon name={entry.icon} />
      <span className="cut palette-label" title={entry.label}>
        <Marked text={entry.label} marks={row.marks} />
      </span>
      <span className="cut small t3 palette-hint">{entry.hint}</span>
      {entry.environment && <EnvTag environment={entry.environment} />}
      {entry.aside}
      {entry.items && (
        <>
          <span className="hidden">{words.palette.hasMore}</span>
          <Icon name="chevron" size="tiny" tone="t3" />
        </>
      )}
    </div>
  );
}

function Marked({ text, marks }: { text: string; marks: Listed["marks"] }) {
  const parts = marks.flatMap(([from, to], index) => {
    const before = text.slice(marks[index - 1]?.[1] ?? 0, from);
    return [before, <mark key={from}>{text.slice(from, to)}</mark>];
  });
  return (
    <>
      {parts}
      {text.slice(marks.at(-1)?.[1] ?? 0)}
    </>
  );
}

function Key({ keys, does }: { keys: string; does: string }) {
  return (
    <span className="pair">
      <kbd>{keys}</kbd>
      {does}
    </span>
  );
}
