/** Of the settings: how the program behaves on the desktop. Each habit can be left off. */
import type { Settings } from "../../ipc/generated/contract";
import { HintedCheckbox } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";

type Habit = keyof Settings["desktop"] & string;

const HABITS: Habit[] = ["notify", "progress", "ask", "tray", "close_to_tray"];

export function DesktopSettings() {
  const words = useWords();
  const act = useAct();
  const say = words.desktop.habits;
  const habits = useStore((state) => state.settings.desktop);
  return (
    <>
      <span>{say.title}</span>
      <div className="stack">
        {HABITS.map((habit) => (
          <HintedCheckbox
            key={habit}
            checked={habits[habit]}
            disabled={habit === "close_to_tray" && !habits.tray}
            hint={say[habit].hint}
            onCheck={(on) => act.saveSettings({ desktop: { ...habits, [habit]: on } })}
          >
            {say[habit].label}
          </HintedCheckbox>
        ))}
      </div>
    </>
  );
}
