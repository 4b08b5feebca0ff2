/** The frame: puts the features together. Nothing imports it but the page's start. */
import { useCallback, useEffect } from "react";
import { DragLayer } from "../drag/DragLayer";
import { planFor } from "../drag/rules";
import type { Payload, Target } from "../drag/types";
import { Sidebar } from "../features/clusters/Sidebar";
import { Welcome } from "../features/clusters/Welcome";
import { LeaveSheet } from "../features/desktop/LeaveSheet";
import { Inspector } from "../features/inspect/Inspector";
import { TourBar } from "../features/tour/TourBar";
import { Drawer } from "../features/transfers/Drawer";
import { Spinner } from "../parts";
import { type Session, SessionProvider, useAct, useSession, useStore } from "../state/session";
import { useWords, WordsProvider } from "../strings";
import { Board } from "./Board";
import { HelpDoor } from "./HelpDoor";
import { NoticeBar } from "./NoticeBar";
import { PaletteDoor } from "./palette/PaletteDoor";
import { Sheets } from "./Sheets";
import { Strip } from "./Strip";
import { HelpButton, LanguageSwitch, ThemeSwitch, TopBar } from "./TopBar";
import { usePageLook } from "./theme";
import { useDesktop } from "./useDesktop";
import { useZoomKeys } from "./useZoomKeys";

export function App({ session }: { session: Session }) {
  return (
    <SessionProvider session={session}>
      <Spoken />
    </SessionProvider>
  );
}

function Spoken() {
  const language = usePageLook();
  return (
    <WordsProvider language={language}>
      <Window />
    </WordsProvider>
  );
}

function Window() {
  const { platform } = useSession();
  const act = useAct();
  const ready = useStore((state) => state.ready);
  const isFirstRun = useStore((state) => state.consoles.length === 0 && state.opened.length === 0);

  useAsked();
  useDesktop();
  useZoomKeys();
  useEffect(() => act.listen(), [act]);
  useEffect(() => {
    act.boot().catch(act.notice);
  }, [act]);

  const onDrop = useCallback(
    (payload: Payload, target: Target) => {
      if (payload.kind === "desktop") return void dropFiles(payload.paths, target, act);
      const request = planFor(payload, target);
      if (request) act.openSheet({ kind: "plan", request });
    },
    [act],
  );

  return (
    <DragLayer platform={platform} onDrop={onDrop}>
      <div className="window">{!ready ? <Starting /> : isFirstRun ? <FirstRun /> : <Frame />}</div>
      <Sheets />
      <Leaving />
      <PaletteDoor />
      <HelpDoor />
    </DragLayer>
  );
}

function Leaving() {
  const leaving = useStore((state) => state.leaving);
  return leaving && <LeaveSheet tray={leaving.tray} />;
}

/** What the desktop asked for waits until no sheet is in the way: nothing that somebody is writing is lost. */
function useAsked() {
  const act = useAct();
  const isDue = useStore((state) => state.ready && state.sheet === null && state.asked.length > 0);
  useEffect(() => {
    if (isDue) act.openAsked();
  }, [act, isDue]);
}

/** A file on a cluster becomes a plan; on this computer it is opened where it lies. */
async function dropFiles(paths: string[], target: Target, act: ReturnType<typeof useAct>) {
  for (const path of paths) {
    const file = await act.openPath(path);
    const request = file && target.kind === "team" ? planFor({ kind: "file", file }, target) : null;
    if (request) act.openSheet({ kind: "plan", request });
  }
}

function Starting() {
  const words = useWords();
  return (
    <div className="starting" role="status">
      <Spinner />
      <span className="hidden">{words.common.loading}</span>
    </div>
  );
}

function FirstRun() {
  return (
    <Welcome
      switches={
        <>
          <LanguageSwitch />
          <ThemeSwitch />
          <HelpButton />
        </>
      }
    >
      <NoticeBar />
    </Welcome>
  );
}

function Frame() {
  const drawerOpen = useStore((state) => state.drawerOpen);
  const inspectorOpen = useStore((state) => state.inspectorOpen);
  return (
    <>
      <TopBar />
      <Sidebar />
      <div className="main">
        <Board />
        {inspectorOpen && <Inspector />}
      </div>
      <div className="bottom">
        <NoticeBar />
        <TourBar />
        {drawerOpen && <Drawer />}
        <Strip />
      </div>
    </>
  );
}
