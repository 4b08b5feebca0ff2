/** Language, theme, the folder of bundles, habits on the desktop, and what this program is. */

import type { ReactNode } from "react";
import type { Settings } from "../../ipc/generated/contract";
import { Button, Segmented, Sheet } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { ZOOMS } from "../../state/zoom";
import { useWords } from "../../strings";
import { Diagnostics } from "./Diagnostics";
import { TransferSettings } from "./TransferSettings";
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
        <TransferSettings />
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
            <span>{words.settings.help}</span>
            <Diagnostics />
          </>
        )}
      </div>
    </Sheet>
  );
}
