/** Language, theme, the folder of bundles, habits on the desktop, and what this program is. */

import { type ReactNode, useState } from "react";
import type { Settings } from "../../ipc/generated/contract";
import { Button, Segmented, Sheet, TextField } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { ZOOMS } from "../../state/zoom";
import { useWords } from "../../strings";
import { Updates } from "./Updates";

export function SettingsSheet({ desktop }: { desktop: ReactNode }) {
  const words = useWords();
  const act = useAct();
  const settings = useStore((state) => state.settings);
  const about = useStore((state) => state.about);
  const folder = useStore((state) => state.library.view?.folder ?? null);
  return (
    <Sheet icon="settings" title={words.settings.title} width={560} onClose={act.closeSheet}>
      <div className="pad settings">
        <span>{words.settings.language}</span>
        <Segmented<Settings["language"]>
          label={words.settings.language}
          value={settings.language}
          choices={[
            { value: "auto", label: words.settings.auto },
            { value: "en", label: "English" },
            { value: "zh", label: "中文" },
          ]}
          onPick={(language) => act.saveSettings({ language })}
        />
        <span>{words.settings.theme}</span>
        <Segmented<Settings["theme"]>
          label={words.settings.theme}
          value={settings.theme}
          choices={[
            { value: "auto", label: words.settings.auto },
            { value: "light", label: words.settings.light },
            { value: "dark", label: words.settings.dark },
          ]}
          onPick={(theme) => act.saveSettings({ theme })}
        />
        <span>{words.layout.zoom}</span>
        <Segmented<string>
          label={words.layout.zoom}
          value={String(settings.zoom_percent ?? 100)}
          choices={ZOOMS.map((percent) => ({ value: String(percent), label: `${percent} %` }))}
          onPick={(percent) => act.saveSettings({ zoom_percent: Number(percent) })}
        />
        <span>{words.settings.library}</span>
        <div>
          <p className="mono break">{settings.library_dir ?? folder ?? words.settings.standard}</p>
          <p className="small t3">{words.settings.libraryHint}</p>
          <div className="pair">
            <Button size="small" icon="folder" onClick={act.chooseLibrary}>
              {words.settings.choose}
            </Button>
            {settings.library_dir !== null && (
              <Button size="small" look="quiet" onClick={() => act.saveSettings({ library_dir: null })}>
                {words.settings.useStandard}
              </Button>
            )}
          </div>
        </div>
        {desktop}
        <Limit value={settings.limit_bytes_per_sec} onSave={(limit) => act.saveSettings({ limit_bytes_per_sec: limit })} />
        <Updates />
        {about && (
          <>
            <span>{words.settings.about}</span>
            <dl className="pairs">
              <dt>{words.settings.version}</dt>
              <dd className="num">{`${about.name} ${about.version}`}</dd>
              <dt>{words.settings.dataDir}</dt>
              <dd className="mono break">{about.data_dir}</dd>
              <dt>{words.settings.secrets}</dt>
              <dd>{words.kept[about.secrets]}</dd>
            </dl>
          </>
        )}
      </div>
    </Sheet>
  );
}

/** In MB/s; saved when the field is left. What is no number above zero is no limit. */
function Limit({ value, onSave }: { value: number | null; onSave: (limit: number | null) => void }) {
  const words = useWords();
  const [text, setText] = useState(value === null ? "" : String(value / 1e6));
  const save = () => {
    const rate = Math.round(Number(text) * 1e6);
    const limit = Number.isFinite(rate) && rate > 0 ? rate : null;
    setText(limit === null ? "" : String(limit / 1e6));
    if (limit !== value) onSave(limit);
  };
  return (
    <TextField
      className="limit"
      label={words.settings.limit}
      inputMode="decimal"
      value={text}
      onText={setText}
      onBlur={save}
      onKeyDown={(event) => event.key === "Enter" && save()}
      hint={words.settings.limitHint}
    />
  );
}
