/** Language and theme of the page, as the settings and the system say. */
import { useEffect, useSyncExternalStore } from "react";
import { useAct, useStore } from "../state/session";
import { type Spoken, spokenLanguage } from "../strings";

const query = () => window.matchMedia?.("(prefers-color-scheme: dark)");

function useSystemDark(): boolean {
  return useSyncExternalStore(
    (listen) => {
      const media = query();
      media?.addEventListener("change", listen);
      return () => media?.removeEventListener("change", listen);
    },
    () => query()?.matches ?? false,
  );
}

function useIsDark(): boolean {
  const theme = useStore((state) => state.settings.theme);
  const system = useSystemDark();
  return theme === "auto" ? system : theme === "dark";
}

export function useThemeSwitch() {
  const act = useAct();
  const isDark = useIsDark();
  return { isDark, toggle: () => act.saveSettings({ theme: isDark ? "light" : "dark" }) };
}

/** Puts both on the page's root, where the tokens look for them. */
export function usePageLook(): Spoken {
  const asked = useStore((state) => state.settings.language);
  const language = spokenLanguage(asked, navigator.language);
  const isDark = useIsDark();
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [isDark]);
  return language;
}
