/** The states of the settings. */

import { DEFAULT_SETTINGS } from "../../state/model";
import { loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { SettingsSheet } from "./SettingsSheet";

const draw = () => <SettingsSheet desktop={null} />;
const long = "/media/usb/a very long path/that somebody really has/on a disk with 中文名字/Rainferry";

export const states: ScreenStates = {
  typical: { draw, state: loaded().state, shows: "/home/me/Rainferry" },
  "long names": {
    draw,
    state: {
      settings: {
        language: "zh",
        theme: "dark",
        library_dir: long,
        columns: null,
        limit_bytes_per_sec: 25_000_000,
        jobs_at_once: 8,
        jobs_per_cluster: 1,
        quiet: { from_minute: 1350, to_minute: 365, limit_bytes_per_sec: 1_500_000 },
        zoom_percent: 150,
        desktop: DEFAULT_SETTINGS.desktop,
        update_endpoint: null,
      },
    },
    shows: long,
  },
  "nothing loaded": { draw, shows: "the standard folder" },
};
