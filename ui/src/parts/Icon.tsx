/** One icon family: a 16 px box, 1.5 px strokes, round ends. An icon never speaks: words stand beside it or in a label. */
import type { ReactNode } from "react";

const SHAPES = {
  chevron: <path d="M5.5 3 11 8l-5.5 5" />,
  down: <path d="M3 5.5 8 11l5-5.5" />,
  up: <path d="M3 10.5 8 5l5 5.5" />,
  updown: <path d="m5 6.2 3-3 3 3M5 9.8l3 3 3-3" />,
  plus: <path d="M8 3v10M3 8h10" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  tick: <path d="m3 8.5 3.2 3.2L13 4.8" />,
  dots: (
    <>
      <circle fill="currentColor" stroke="none" cx="3.5" cy="8" r="1.2" />
      <circle fill="currentColor" stroke="none" cx="8" cy="8" r="1.2" />
      <circle fill="currentColor" stroke="none" cx="12.5" cy="8" r="1.2" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.3 10.3 3.2 3.2" />
    </>
  ),
  box: <path d="M8 1.8 13.5 4.6v6.8L8 14.2 2.5 11.4V4.6ZM2.7 4.7 8 7.4l5.3-2.7M8 7.4v6.6" />,
  bundle: (
    <>
      <path d="M3.5 2h6l3 3v9h-9ZM9.5 2v3h3" />
      <path d="M6.5 8.2h3M6.5 11h3" />
    </>
  ),
  ticket: <path d="M2 4.5h12v2.3a1.3 1.3 0 0 0 0 2.4v2.3H2V9.2a1.3 1.3 0 0 0 0-2.4ZM9.5 5v6" />,
  data: (
    <>
      <ellipse cx="8" cy="4" rx="5" ry="2" />
      <path d="M3 4v8c0 1.1 2.240 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.240 2 5 2s5-.9 5-2" />
    </>
  ),
  noData: (
    <>
      <ellipse cx="8" cy="4" rx="5" ry="2" />
      <path d="M3 4v7.5M13 4v8c0 1.1-2.240 2-5 2-1 0-1.9-.1-2.7-.3M1.8 14.2 14.2 5.8" />
    </>
  ),
  hasData: (
    <g fill="currentColor" stroke="none">
      <ellipse cx="8" cy="4" rx="5.5" ry="2.4" />
      <path d="M2.5 6.3c1 1.2 3.1 1.9 5.5 1.9s4.5-.7 5.5-1.9v2.5c0 1.3-2.5 2.4-5.5 2.4S2.5 10.1 2.5 8.8Z" />
      <path d="M2.5 11.3c1 1.1 3.1 1.7 5.5 1.7s4.5-.6 5.5-1.7v.9c0 1.3-2.5 2.4-5.5 2.4s-5.5-1.1-5.5-2.4Z" />
    </g>
  ),
  computer: <path d="M3.5 3h9v7h-9ZM1.5 13h13" />,
  cluster: <path d="M2.5 2.5h11v4h-11ZM2.5 9.5h11v4h-11ZM5 4.5h.01M5 11.5h.01" />,
  lock: <path d="M3.5 7.2h9v6.3h-9ZM5.5 7V5a2.5 2.5 0 0 1 5 0v2" />,
  key: (
    <>
      <circle cx="5.5" cy="10.5" r="3" />
      <path d="M7.7 8.3 13.5 2.5M11 5l2 2" />
    </>
  ),
  shield: <path d="M8 1.8 13 3.5v4c0 3.2-2 5.4-5 6.7-3-1.3-5-3.5-5-6.7v-4ZM5.7 7.9l1.7 1.7 3-3.2" />,
  pass: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.4 8.2 1.8 1.8 3.4-3.8" />
    </>
  ),
  warn: <path d="M8 2.2 14.3 13.3H1.7ZM8 6.5v3M8 11.4h.01" />,
  block: <path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4" />,
  no: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m3.8 3.8 8.4 8.4" />
    </>
  ),
  minus: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M5.3 8h5.4" />
    </>
  ),
  differs: <path d="M2.5 5h11M2.5 11h11M10.5 2.5l-5 11" />,
  history: <path d="M3 8a5 5 0 1 1 1.5 3.600M2.7 1.800v3h3M8 5.200V8l2 1.5" />,
  help: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.2 6.300a1.9 1.9 0 1 1 2.7 1.700c-.6.3-.9.7-.9 1.300M8 11.400h.01" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.5v3.3M8 5.2h.01" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.5V8l2.3 1.5" />
    </>
  ),
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  play: <path d="M4.5 3v10l8-5Z" />,
  retry: <path d="M13 8a5 5 0 1 1-1.5-3.6M13.3 1.8v3h-3" />,
  right: <path d="M2.5 8h11M9.5 4l4 4-4 4" />,
  left: <path d="M13.5 8h-11M6.5 4l-4 4 4 4" />,
  swap: <path d="M2 5.5h11M10 2.5l3 3-3 3M14 10.5H3M6 7.5l-3 3 3 3" />,
  download: <path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />,
  copy: <path d="M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3" />,
  folder: <path d="M2 12.8V3.5h4l1.5 2H14v7.3Z" />,
  globe: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M2 8h12M8 2c2 1.8 2.6 3.9 2.6 6S10 12.2 8 14c-2-1.8-2.6-3.9-2.6-6S6 3.8 8 2Z" />
    </>
  ),
  image: <path d="M8 2 14 5 8 8 2 5ZM2.5 8 8 10.8 13.5 8M2.5 11 8 13.8 13.5 11" />,
  settings: (
    <>
      <path d="M2 5h5.5M11.5 5H14M2 11h2.5M8.5 11H14" />
      <circle cx="9.5" cy="5" r="2" />
      <circle cx="6.5" cy="11" r="2" />
    </>
  ),
  columns: <path d="M2 3h12v10H2ZM6 3v10M10 3v10" />,
  filter: <path d="M2 4h12M4.5 8h7M7 12h2" />,
  panel: <path d="M2 3h12v10H2ZM10 3v10" />,
  moon: <path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7" />
    </>
  ),
  out: <path d="M6.5 3H3v10h10V9.5M9 2.5h4.5V7M13.3 2.7 7.5 8.5" />,
  trash: <path d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9" />,
  flow: <path d="M4.5 13V3M2 5.5 4.5 3 7 5.5M11.5 3v10M9 10.5l2.5 2.5 2.5-2.5" />,
  plug: <path d="M5.5 1.8v3M10.5 1.8v3M3.8 4.8h8.4v2.4a4.2 4.2 0 0 1-8.4 0ZM8 11.4v2.8" />,
  lane: <path d="M4 14V9.5C4 7 12 8 12 5V2M9.5 4.5 12 2l2.5 2.5M4 2v3" />,
  cloud: <path d="M4.6 12.5a2.9 2.9 0 0 1-.3-5.780A3.9 3.9 0 0 1 11.9 7.2a2.7 2.7 0 0 1-.3 5.3Z" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, tone = "", size = "" }: { name: IconName; tone?: string; size?: "" | "big" | "tiny" }) {
  return (
    <svg className={`icon ${tone} ${size}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}
