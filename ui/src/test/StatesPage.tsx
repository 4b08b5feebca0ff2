/** While developing: every state of every screen, one at a time, in either language, theme and width. `npm run dev`, then `/?states`. */
import { useState } from "react";
import type { Spoken } from "../strings";
import { type ScreenStates, Stage } from "./states";

const files = import.meta.glob<{ states: ScreenStates }>("../{app,features,parts}/**/*.states.tsx", { eager: true });
const screens = Object.entries(files).map(([path, file]) => ({
  name: path.replace(/^.*\/|\.states\.tsx$/g, ""),
  states: file.states,
}));

const WIDTHS = ["100%", "1280px", "960px", "640px"];

/** With `show` in the address: that state alone. Without: the list, and a frame for the one that is chosen. */
export function StatesPage({ query }: { query: URLSearchParams }) {
  const language: Spoken = query.get("lang") === "zh" ? "zh" : "en";
  const [screen, name] = (query.get("show") ?? "").split("|");
  const state = screens.find((one) => one.name === screen)?.states[name ?? ""];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.documentElement.dataset.theme = query.get("theme") === "dark" ? "dark" : "light";
  if (!state) return <List />;
  return (
    <Stage state={state.state} language={language}>
      {state.draw()}
    </Stage>
  );
}

function List() {
  const first = screens[0];
  const [shown, setShown] = useState(`${first?.name}|${Object.keys(first?.states ?? {})[0]}`);
  const [language, setLanguage] = useState<Spoken>("en");
  const [theme, setTheme] = useState("light");
  const [width, setWidth] = useState("100%");
  const choose = (label: string, value: string, values: string[], pick: (value: string) => void) => (
    <label>
      {`${label} `}
      <select value={value} onChange={(event) => pick(event.target.value)}>
        {values.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
  const address = `/?states&show=${encodeURIComponent(shown)}&lang=${language}&theme=${theme}`;
  return (
    <div className="states-page">
      <nav aria-label="States">
        {screens.map((screen) => (
          <details key={screen.name} open={shown.startsWith(`${screen.name}|`)}>
            <summary>{`${screen.name} (${Object.keys(screen.states).length})`}</summary>
            {Object.keys(screen.states).map((name) => (
              <button key={name} type="button" className="menu-item" onClick={() => setShown(`${screen.name}|${name}`)}>
                {name}
              </button>
            ))}
          </details>
        ))}
      </nav>
      <main>
        <header>
          {choose("Language", language, ["en", "zh"], (value) => setLanguage(value === "zh" ? "zh" : "en"))}
          {choose("Theme", theme, ["light", "dark"], setTheme)}
          {choose("Width", width, WIDTHS, setWidth)}
          <a href={address}>{shown.replace("|", ": ")}</a>
        </header>
        <iframe key={address} title={shown} src={address} style={{ width }} />
      </main>
    </div>
  );
}
