/** Differences of two apps as a table: by component, what it is about, and both sides. A value that is “…” is not shown. */
import type { Aspect, Difference } from "../ipc/generated/contract";
import { useWords } from "../strings";
import { Cut } from "./basics";
import { Icon, type IconName } from "./Icon";

const ICONS: Partial<Record<Aspect, IconName>> = {
  component: "image",
  memory: "settings",
  cpu: "settings",
  env: "key",
  outer_env: "key",
  volume: "data",
  mount: "data",
  config_file: "bundle",
  config_group: "bundle",
  dependency: "flow",
  route: "globe",
  port: "plug",
  protocol: "plug",
};

export function Differences({ list, left, right }: { list: Difference[]; left: string; right: string }) {
  const words = useWords();
  const groups = new Map<string, Difference[]>();
  for (const one of list) groups.set(one.component, [...(groups.get(one.component) ?? []), one]);
  return (
    <table className="differences">
      <thead>
        <tr>
          <th scope="col">{words.official.compare.where}</th>
          <th scope="col">
            <Cut>{left}</Cut>
          </th>
          <th scope="col">
            <Cut>{right}</Cut>
          </th>
        </tr>
      </thead>
      {[...groups].map(([component, rows]) => (
        <tbody key={component}>
          <tr className="difference-group">
            <th colSpan={3} scope="rowgroup">
              <span className="difference-name">
                <Icon name={component ? "image" : "box"} tone="t3" />
                <Cut>{component || words.official.compare.app}</Cut>
                <span className="count">{rows.length}</span>
              </span>
            </th>
          </tr>
          {rows.map((row, index) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: two rows may name the same thing
              key={index}
              row={row}
            />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function Row({ row }: { row: Difference }) {
  const words = useWords();
  const name = words.official.aspect[row.aspect];
  const { yes, no } = words.official.compare;
  // The one aspect that is not a value of the platform's but whether something is so.
  const shown = (value: string | null) => (row.aspect === "inner_port" && value ? (value === "true" ? yes : no) : value);
  return (
    <tr data-aspect={row.aspect}>
      <td className="difference-where">
        <span className="difference-name">
          <Icon name={ICONS[row.aspect] ?? "differs"} tone="t3" />
          <span>
            <Cut>{row.what || name}</Cut>
            {row.what && <Cut className="small t3">{name}</Cut>}
          </span>
        </span>
      </td>
      <Side value={shown(row.left)} isHidden={false} look="was" />
      <Side value={shown(row.right)} isHidden={row.left === HIDDEN && row.right === HIDDEN} look="now" />
    </tr>
  );
}

const HIDDEN = "…";

function Side({ value, isHidden, look }: { value: string | null; isHidden: boolean; look: "was" | "now" }) {
  const words = useWords();
  if (value === null) return <td className="t3">{words.official.compare.absent}</td>;
  const shown = value === HIDDEN ? "••••••••" : value === "" ? "“”" : value;
  return (
    <td className={`mono break ${look}`}>
      {shown}
      {isHidden && <span className="small t2">{` ${words.official.compare.hidden}`}</span>}
    </td>
  );
}
