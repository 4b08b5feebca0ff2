/** The states of this computer's column. */
import { bundleFile, UNREACHABLE } from "../../platform/fake/world";
import { loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { ImportSheet } from "./ImportSheet";
import { LibraryColumn } from "./LibraryColumn";
import { PassphraseSheet } from "./PassphraseSheet";

const board = loaded();
const draw = () => <LibraryColumn />;
const view = { folder: "/home/me/Rainferry", files: [], free_bytes: 1e9, problems: [] };
const locked = board.state.library?.view?.files.find((file) => file.kind === "locked");
const many = Array.from({ length: 2000 }, (_, index) => bundleFile(`app-${index}`, 1e8, { path: `/home/me/${index}` }));
const long = bundleFile("一个名字非常非常长的应用，长到任何一列都放不下，但是仍然要能看清楚它是什么", 3e12);

export const states: ScreenStates = {
  typical: { draw, state: board.state, shows: "Ticket: holds no data" },
  encrypted: { draw, state: board.state, shows: "Encrypted; passphrase needed" },
  passphrase: {
    draw: () => <PassphraseSheet path="/home/me/a.tar.zst.age" name="a.tar.zst.age" />,
    shows: "Open a.tar.zst.age",
  },
  "opened by the desktop": {
    draw: () => <ImportSheet path="/media/usb.tar.zst" />,
    state: { ...board.state, opened: [bundleFile("usb", 1e6, { path: "/media/usb.tar.zst", name: "usb.tar.zst" })] },
    shows: "Import usb.tar.zst",
  },
  "opened by the desktop, encrypted": {
    draw: () => <ImportSheet path={locked?.path ?? ""} />,
    state: board.state,
    shows: /Opened with Rainferry/,
  },
  "opened by the desktop, no cluster": {
    draw: () => <ImportSheet path="/media/usb.tar.zst" />,
    state: { opened: [bundleFile("usb", 1e6, { path: "/media/usb.tar.zst" })] },
    shows: /No cluster is connected yet/,
  },
  loading: { draw, shows: "Loading…" },
  empty: { draw, state: { library: { loading: false, view, problem: null } }, shows: "No bundles in this folder" },
  failed: { draw, state: { library: { loading: false, view: null, problem: UNREACHABLE } }, shows: "Cannot read the folder" },
  crowded: { draw, state: { library: { loading: false, view: { ...view, files: many }, problem: null } }, shows: "app-3" },
  "long names": {
    draw,
    state: { library: { loading: false, view: { ...view, files: [long] }, problem: null } },
    shows: /名字非常非常长/,
  },
  "opened from elsewhere": {
    draw,
    state: { ...board.state, opened: [bundleFile("usb", 1e6, { path: "/media/usb.tar.zst" })] },
    shows: "Opened from elsewhere",
  },
};
