/** Searches worth keeping: chosen again from a menu, kept and forgotten there. */
import { useMemo } from "react";
import { MenuButton, type MenuItem } from "../parts";
import { useAct, useStore } from "../state/session";
import { useWords } from "../strings";

export function SearchMenu() {
  const words = useWords();
  const act = useAct();
  const search = useStore((state) => state.search).trim();
  const kept = useStore((state) => state.layout.searches);
  const items = useMemo((): MenuItem[] => {
    const isKept = kept.includes(search);
    return [
      ...kept.map((one): MenuItem => ({ label: one, checked: one === search, run: () => act.search(one === search ? "" : one) })),
      {
        label: search === "" || isKept ? words.layout.keepSearch : words.layout.keep(search),
        icon: "plus",
        disabled: search === "" || isKept,
        run: () => act.keepSearches([...kept, search]),
      },
      {
        label: words.layout.forget,
        icon: "trash",
        disabled: kept.length === 0,
        items: kept.map((one) => ({
          label: one,
          icon: "close",
          run: () => act.keepSearches(kept.filter((other) => other !== one)),
        })),
      },
    ];
  }, [search, kept, act, words]);
  return (
    <MenuButton icon="filter" label={words.layout.searches} className={kept.includes(search) ? "on" : undefined} items={items} />
  );
}
