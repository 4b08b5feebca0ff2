/** The states of first run, sidebar and the sheet of a connection. */
import { boardWorld } from "../../platform/fake/world";
import { loaded } from "../../test/samples";
import type { ScreenStates } from "../../test/states";
import { ConnectSheet } from "./ConnectSheet";
import { Sidebar } from "./Sidebar";
import { Welcome } from "./Welcome";

const board = loaded();
const failing = loaded("failing");
const samples = { available: true, running: false, site: "office" as const };
const welcome = () => <Welcome switches={null}>{null}</Welcome>;
const first = boardWorld("board").consoles[0]?.id ?? null;

export const states: ScreenStates = {
  "first run": { draw: welcome, state: { samples }, shows: "Try with sample clusters" },
  "first run, samples starting": {
    draw: welcome,
    state: { samples, startingSamples: true },
    shows: /Starting the sample clusters/,
  },
  "first run without samples": { draw: welcome, state: { samples: { ...samples, available: false } }, shows: "Where to start" },
  sidebar: {
    draw: () => <Sidebar />,
    state: { ...board.state, samples: { ...samples, running: true } },
    shows: "Sample clusters",
  },
  "sidebar, one unreachable": { draw: () => <Sidebar />, state: failing.state, shows: "chengdu" },
  "new connection": { draw: () => <ConnectSheet id={null} />, shows: "Name, address and user are needed" },
  "new connection from a link": {
    draw: () => <ConnectSheet id={null} address="https://console.beijing.example:7070" />,
    shows: "Add cluster",
  },
  "edit connection": { draw: () => <ConnectSheet id={first} />, state: board.state, shows: "Connection beijing" },
};
