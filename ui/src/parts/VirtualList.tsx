/** A list that draws only what is seen, with arrow keys from row to row. Rows are list items; what they hold is theirs. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";

export interface VirtualListProps<R> {
  label: string;
  rows: R[];
  keyOf: (row: R) => string;
  heightOf: (row: R) => number;
  draw: (row: R) => ReactNode;
  /** Scrolled to when it changes. */
  reveal?: string | null;
  /** Scrolled to and given the focus, once, as soon as such a row is there. */
  goTo?: { key: string } | null;
}

export function VirtualList<R>({ label, rows, keyOf, heightOf, draw, reveal, goTo }: VirtualListProps<R>) {
  const box = useRef<HTMLDivElement>(null);
  const wanted = useRef<number | null>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => {
      const row = rows[index];
      return row === undefined ? 44 : heightOf(row);
    },
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    overscan: 8,
    initialRect: { width: 240, height: 800 },
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of other heights need to be measured again
  useEffect(() => list.measure(), [rows]);

  useEffect(() => {
    const index = reveal ? rows.findIndex((row) => keyOf(row) === reveal) : -1;
    if (index >= 0) list.scrollToIndex(index);
  }, [reveal, rows, keyOf, list]);

  const gone = useRef<{ key: string } | null>(null);
  useEffect(() => {
    const index = goTo && goTo !== gone.current ? rows.findIndex((row) => keyOf(row) === goTo.key) : -1;
    if (!goTo || index < 0) return;
    gone.current = goTo;
    list.scrollToIndex(index, { align: "center" });
    wanted.current = index;
  }, [goTo, rows, keyOf, list]);

  // The row that the arrow keys went to may have been drawn only now.
  useEffect(() => {
    if (wanted.current === null) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] [data-row]`);
    if (row) {
      row.focus();
      wanted.current = null;
    }
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const now = event.target instanceof Element ? event.target.closest("[data-index]")?.getAttribute("data-index") : null;
    if (now === null || now === undefined || event.defaultPrevented) return;
    const next = nextIndex(event.key, Number(now), rows.length);
    if (next === null) return;
    event.preventDefault();
    list.scrollToIndex(next);
    const row = box.current?.querySelector<HTMLElement>(`[data-index="${next}"] [data-row]`);
    if (row) row.focus();
    else wanted.current = next;
  };

  return (
    <div ref={box} className="virtual-scroll">
      <ul className="virtual-list" onKeyDown={onKeyDown} aria-label={label} style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <li
              key={item.key}
              data-index={item.index}
              aria-posinset={item.index + 1}
              aria-setsize={rows.length}
              className="virtual-row"
              style={{ transform: `translateY(${item.start}px)`, height: item.size }}
            >
              {draw(row)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function nextIndex(key: string, now: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(now + 1, count - 1);
    case "ArrowUp":
      return Math.max(now - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    case "PageDown":
      return Math.min(now + 12, count - 1);
    case "PageUp":
      return Math.max(now - 12, 0);
    default:
      return null;
  }
}
