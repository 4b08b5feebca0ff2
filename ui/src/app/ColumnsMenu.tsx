/** Which columns are on the board: each is ticked or not. */
import { useMemo } from "react";
import { MenuButton, type MenuItem } from "../parts";
import { allColumns, openColumns } from "../state/board";
import { useAct, useStore } from "../state/session";
import { useWords } from "../strings";

export function ColumnsMenu() {
  const words = useWords();
  const act = useAct();
  const consoles = useStore((state) => state.consoles);
  const saved = useStore((state) => state.settings.columns);
  const layout = useStore((state) => state.layout);
  const items = useMemo((): MenuItem[] => {
    const keys = openColumns(consoles, saved).map((column) => column.key);
    const all = allColumns(consoles);
    const toggled = (key: string) => (keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key]);
    const isWhole = keys.length === all.length && !layout.libraryHidden;
    return [
      ...all.map(
        (column): MenuItem => ({
          label: column.kind === "cluster" ? column.cluster.name : column.console.name,
          checked: keys.includes(column.key),
          run: () => void act.saveSettings({ columns: toggled(column.key) }),
        }),
      ),
      {
        label: words.common.thisComputer,
        checked: !layout.libraryHidden,
        run: () => act.hideLibrary(!layout.libraryHidden),
      },
      {
        label: words.layout.showAll,
        icon: "plus",
        disabled: isWhole,
        run: () => {
          act.hideLibrary(false);
          void act.saveSettings({ columns: [...keys, ...all.map((one) => one.key).filter((key) => !keys.includes(key))] });
        },
      },
      {
        label: words.layout.sameWidth,
        icon: "swap",
        disabled: Object.keys(layout.widths).length === 0,
        run: act.sameWidths,
      },
    ];
  }, [consoles, saved, layout, act, words]);
  return <MenuButton icon="columns" label={words.layout.columns} items={items} />;
}
