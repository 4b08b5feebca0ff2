/** Menus: under a button, or where the pointer was. Arrow keys, Enter, Esc; a list inside a list opens beside it. */
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Button, type ButtonProps, cx, IconButton, type IconButtonProps } from "./basics";
import { Icon, type IconName } from "./Icon";

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** At the right edge: a tag, or why it is off. */
  aside?: ReactNode;
  disabled?: boolean;
  /** On or off, where choosing it switches. */
  checked?: boolean;
  run?: () => void;
  items?: MenuItem[];
}

export interface Point {
  x: number;
  y: number;
  /** Where there is no room to the right of `x`, it ends here: a list must not open under the pointer. */
  endsAt?: number;
}

export function Menu({ label, items, at, onClose }: { label: string; items: MenuItem[]; at: Point; onClose: () => void }) {
  const back = useRef(document.activeElement);
  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (!(event.target instanceof Element) || !event.target.closest("[role=menu]")) onClose();
    };
    document.addEventListener("pointerdown", away, true);
    window.addEventListener("blur", onClose);
    const before = back.current;
    return () => {
      document.removeEventListener("pointerdown", away, true);
      window.removeEventListener("blur", onClose);
      if (before instanceof HTMLElement && (document.activeElement === document.body || !document.activeElement)) before.focus();
    };
  }, [onClose]);
  return createPortal(<MenuList label={label} items={items} at={at} onClose={onClose} onBack={onClose} />, document.body);
}

function MenuList(props: { label: string; items: MenuItem[]; at: Point; onClose: () => void; onBack: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Point>(props.at);
  const [open, setOpen] = useState<{ index: number; at: Point } | null>(null);

  useLayoutEffect(() => {
    const box = list.current?.getBoundingClientRect();
    if (!box) return;
    const room = window.innerWidth - box.width - 8;
    const { x: wanted, endsAt } = props.at;
    const x = Math.max(8, wanted > room && endsAt !== undefined ? endsAt - box.width : Math.min(wanted, room));
    const y = Math.max(8, Math.min(props.at.y, window.innerHeight - box.height - 8));
    setPlace({ x, y });
    list.current?.querySelector<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])")?.focus();
  }, [props.at]);

  const openList = (index: number, row: HTMLElement) => {
    const box = row.getBoundingClientRect();
    setOpen({ index, at: { x: box.right, y: box.top - 5, endsAt: box.left } });
  };

  const choose = (item: MenuItem, index: number, row: HTMLElement) => {
    if (item.disabled) return;
    if (item.items) return openList(index, row);
    props.onClose();
    item.run?.();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>(":scope > [role^=menuitem]") ?? [])];
    const now = rows.findIndex((row) => row.matches(":focus"));
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const item = props.items[now];
    if (step !== 0) rows[(now + step + rows.length) % rows.length]?.focus();
    else if (event.key === "ArrowRight" && item?.items && rows[now]) openList(now, rows[now]);
    else if (event.key === "ArrowLeft" || event.key === "Escape") props.onBack();
    else if (event.key === "Tab") props.onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const inner = open ? props.items[open.index] : undefined;
  return (
    <>
      <div
        ref={list}
        className="menu"
        role="menu"
        aria-label={props.label}
        style={{ left: place.x, top: place.y }}
        onKeyDown={onKeyDown}
      >
        {props.items.map((item, index) => (
          // biome-ignore lint/a11y/useAriaPropsSupportedByRole: only items that are ticked have it, and theirs is another role
          <button
            key={item.label}
            type="button"
            role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
            aria-checked={item.checked}
            aria-disabled={item.disabled}
            aria-haspopup={item.items ? "menu" : undefined}
            aria-expanded={item.items ? open?.index === index : undefined}
            className={cx("menu-item", item.disabled && "off")}
            onClick={(event) => choose(item, index, event.currentTarget)}
            onPointerEnter={(event) => (item.items && !item.disabled ? openList(index, event.currentTarget) : setOpen(null))}
          >
            {item.checked ? <Icon name="tick" /> : item.icon ? <Icon name={item.icon} /> : <span className="icon" />}
            <span className="grow cut">{item.label}</span>
            {item.aside}
            {item.items && <Icon name="chevron" size="tiny" />}
          </button>
        ))}
      </div>
      {open && inner?.items && (
        <MenuList
          label={inner.label}
          items={inner.items}
          at={open.at}
          onClose={props.onClose}
          onBack={() => {
            setOpen(null);
            list.current?.querySelectorAll<HTMLElement>(":scope > [role^=menuitem]")[open.index]?.focus();
          }}
        />
      )}
    </>
  );
}

/** A button with dots, or another sign, and its menu. */
export function MenuButton({ items, ...rest }: { items: MenuItem[] } & IconButtonProps) {
  const [at, setAt] = useState<Point | null>(null);
  return (
    <>
      <IconButton
        {...rest}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={(event) => {
          event.stopPropagation();
          const box = event.currentTarget.getBoundingClientRect();
          setAt(at ? null : { x: box.left, y: box.bottom + 2 });
        }}
      />
      {at && <Menu label={rest.label} items={items} at={at} onClose={() => setAt(null)} />}
    </>
  );
}

/** A button with words, whose menu opens above it. */
export function ListButton({ items, children, ...rest }: { items: MenuItem[]; children: string } & ButtonProps) {
  const [at, setAt] = useState<Point | null>(null);
  return (
    <>
      <Button
        {...rest}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt(at ? null : { x: box.left, y: box.top - 8 - Math.min(items.length, 12) * 28 });
        }}
      >
        {children}
      </Button>
      {at && <Menu label={rest["aria-label"] ?? children} items={items} at={at} onClose={() => setAt(null)} />}
    </>
  );
}
