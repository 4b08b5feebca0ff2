/** Mark, search over all columns, and the few switches of the window. */
import { Button, IconButton, Mark, SearchField, Segmented } from "../parts";
import { useAct, useStore } from "../state/session";
import { useWords } from "../strings";
import { ColumnsMenu } from "./ColumnsMenu";
import { PaletteButton } from "./palette/PaletteDoor";
import { SearchMenu } from "./SearchMenu";
import { useThemeSwitch } from "./theme";

export function TopBar() {
  const words = useWords();
  const act = useAct();
  const search = useStore((state) => state.search);
  const grouping = useStore((state) => state.grouping);
  const inspectorOpen = useStore((state) => state.inspectorOpen);
  return (
    <header className="top">
      <div className="brand">
        <Mark />
        <span>{words.name}</span>
      </div>
      <SearchField className="quiet top-search" label={words.top.search} value={search} onText={act.search}>
        <PaletteButton />
      </SearchField>
      <SearchMenu />
      <Segmented
        className="hide-narrow"
        label={words.top.grouping}
        value={grouping}
        choices={[
          { value: "app", label: words.top.byApp },
          { value: "time", label: words.top.byTime },
        ]}
        onPick={act.group}
      />
      <ColumnsMenu />
      <span className="grow" />
      <Button look="quiet" icon="plus" className="hide-narrow" onClick={() => act.openSheet({ kind: "console", id: null })}>
        {words.top.addCluster}
      </Button>
      <span className="sep hide-narrow" />
      <LanguageSwitch />
      <IconButton icon="settings" label={words.top.settings} onClick={() => act.openSheet({ kind: "settings" })} />
      <ThemeSwitch />
      <HelpButton />
      <IconButton
        icon="panel"
        label={words.top.inspector}
        aria-pressed={inspectorOpen}
        className={inspectorOpen ? "on" : undefined}
        onClick={act.toggleInspector}
      />
    </header>
  );
}

export function HelpButton() {
  const words = useWords();
  const act = useAct();
  return (
    <IconButton
      icon="help"
      label={words.help.open}
      aria-keyshortcuts="F1"
      onClick={() => act.openHelp({ topic: "migrate", code: null })}
    />
  );
}

export function ThemeSwitch() {
  const words = useWords();
  const theme = useThemeSwitch();
  return (
    <IconButton
      icon={theme.isDark ? "sun" : "moon"}
      label={theme.isDark ? words.top.toLight : words.top.toDark}
      onClick={theme.toggle}
    />
  );
}

export function LanguageSwitch() {
  const words = useWords();
  const act = useAct();
  return (
    <Segmented
      label={words.top.language}
      value={words.lang === "zh" ? "zh" : "en"}
      choices={[
        { value: "zh", label: "中文" },
        { value: "en", label: "English" },
      ]}
      onPick={(language) => act.saveSettings({ language })}
    />
  );
}
