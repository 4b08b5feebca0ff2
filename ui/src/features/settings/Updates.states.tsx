/** The states of updates, as they are when the settings are opened. */

import type { UpdatesView } from "../../ipc/generated/contract";
import { DEFAULT_SETTINGS } from "../../state/model";
import { loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { UpdatesPart } from "./Updates";

const state = {
  ...loaded().state,
  settings: { ...DEFAULT_SETTINGS, update_endpoint: "https://updates.example.com/rainferry/latest.json" },
};
const draw = (updates: UpdatesView) => () => (
  <div className="pad settings">
    <UpdatesPart updates={updates} />
  </div>
);
const notes = "Copies over slow wires are twice as quick.\n商城这样的应用名现在可以排序了。";

export const states: ScreenStates = {
  "no key": { draw: draw({ taken: false, found: null }), shows: /This build takes no updates/ },
  "no address": { draw: draw({ taken: true, found: null }), shows: "No address to ask" },
  "an address": { draw: draw({ taken: true, found: null }), state, shows: "Check for updates" },
  announced: { draw: draw({ taken: true, found: { version: "0.2.0", notes, proven: null } }), state, shows: "Download 0.2.0" },
  proven: {
    draw: draw({ taken: true, found: { version: "0.2.0", notes: null, proven: "Rainferry_0.2.0_amd64.deb" } }),
    state,
    shows: "Install 0.2.0 and restart",
  },
};
