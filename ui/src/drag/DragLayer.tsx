/** One place for every drag: pointer, keyboard, and files of the desktop. A drop never acts: it is handed to `onDrop`. */
import {
  type CollisionDetection,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  type Modifier,
  PointerSensor,
  pointerWithin,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { createContext, type ReactNode, type RefObject, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { FileDrag, Platform } from "../platform/types";
import { useWords } from "../strings";
import { Ghost } from "./Ghost";
import { accepts } from "./rules";
import type { Payload, Target, Verdict } from "./types";
import { payloadName } from "./words";

interface Live {
  payload: Payload | null;
  /** The zone under the pointer. */
  over: string | null;
}

interface Registry {
  payloads: Map<string, Payload>;
  targets: Map<string, Target>;
}

const LiveContext = createContext<Live>({ payload: null, over: null });
const RegistryContext = createContext<RefObject<Registry> | null>(null);

export type OnDrop = (payload: Payload, target: Target) => void;

export function DragLayer({ platform, onDrop, children }: { platform: Platform; onDrop: OnDrop; children: ReactNode }) {
  const words = useWords();
  const registry = useRef<Registry>({ payloads: new Map(), targets: new Map() });
  const [live, setLive] = useState<Live>({ payload: null, over: null });
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 5 } }),
    useSensor(KeyboardSensor, {
      keyboardCodes: { start: ["Space"], cancel: ["Escape"], end: ["Space", "Enter"] },
      coordinateGetter: toNextColumn,
    }),
  );

  useFileDrops(platform, registry, setLive, onDrop);

  const end = (event: DragEndEvent) => {
    setLive({ payload: null, over: null });
    const payload = registry.current.payloads.get(String(event.active.id));
    const target = registry.current.targets.get(String(event.over?.id ?? ""));
    if (payload && target && accepts(payload, target).kind === "yes") onDrop(payload, target);
  };

  const announcements = useMemo(
    () => ({
      onDragStart: ({ active }: { active: { id: string | number } }) => {
        const payload = registry.current.payloads.get(String(active.id));
        return payload && words.drag.picked(payloadName(payload, words));
      },
      onDragOver: () => undefined,
      onDragEnd: () => words.drag.dropped,
      onDragCancel: () => words.drag.cancelled,
    }),
    [words],
  );

  return (
    <RegistryContext value={registry}>
      <LiveContext value={live}>
        <DndContext
          sensors={sensors}
          collisionDetection={collide}
          autoScroll={{ threshold: { x: 0.06, y: 0 } }}
          accessibility={{ announcements, screenReaderInstructions: { draggable: words.drag.howTo } }}
          onDragStart={(event) =>
            setLive({ payload: registry.current.payloads.get(String(event.active.id)) ?? null, over: null })
          }
          onDragOver={(event) => setLive((now) => ({ ...now, over: event.over ? String(event.over.id) : null }))}
          onDragEnd={end}
          onDragCancel={() => setLive({ payload: null, over: null })}
        >
          {children}
          <DragOverlay dropAnimation={null} modifiers={[besidePointer]}>
            {live.payload && live.payload.kind !== "desktop" && (
              <Ghost payload={live.payload} target={registry.current.targets.get(live.over ?? "") ?? null} />
            )}
          </DragOverlay>
        </DndContext>
      </LiveContext>
    </RegistryContext>
  );
}

export function useDragged(): Payload | null {
  return useContext(LiveContext).payload;
}

/** Makes something draggable. The id says what it is and where: two columns may show the same backup. */
export function useDragSource(id: string, payload: Payload, disabled: boolean) {
  const registry = useContext(RegistryContext);
  useEffect(() => {
    const payloads = registry?.current.payloads;
    payloads?.set(id, payload);
  }, [registry, id, payload]);
  return useDraggable({ id, disabled });
}

export interface Zone {
  ref: (element: HTMLElement | null) => void;
  /** What the place answers while something is dragged. */
  answer: "yes" | "over" | "no" | null;
  verdict: Verdict | null;
  payload: Payload | null;
  id: string;
}

/** A place that answers every drag. */
export function useDropZone(id: string, target: Target): Zone {
  const registry = useContext(RegistryContext);
  const { payload, over } = useContext(LiveContext);
  const { setNodeRef } = useDroppable({ id });
  useEffect(() => {
    const targets = registry?.current.targets;
    targets?.set(id, target);
    return () => {
      targets?.delete(id);
    };
  }, [registry, id, target]);
  const verdict = payload ? accepts(payload, target) : null;
  const isOver = over !== null && (over === id || over.startsWith(`${id}#`));
  const answer = verdict === null ? null : verdict.kind === "no" ? "no" : isOver ? "over" : "yes";
  return { ref: setNodeRef, answer, verdict, payload, id };
}

/** An app inside a column is nearer than its column. */
const collide: CollisionDetection = (args) => {
  if (args.pointerCoordinates) {
    const hits = pointerWithin(args);
    const inner = hits.filter((hit) => String(hit.id).includes("#"));
    return inner.length > 0 ? inner : hits;
  }
  const { left, top } = args.collisionRect;
  const hit = args.droppableContainers.find((zone) => {
    const rect = args.droppableRects.get(zone.id);
    return (
      rect && !String(zone.id).includes("#") && left >= rect.left && left <= rect.right && top >= rect.top && top <= rect.bottom
    );
  });
  return hit ? [{ id: hit.id }] : [];
};

/** By keyboard the ghost goes from column to column. */
const toNextColumn: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const step = event.code === "ArrowRight" || event.code === "Tab" ? 1 : event.code === "ArrowLeft" ? -1 : 0;
  if (step === 0) return undefined;
  event.preventDefault();
  const rects = [...context.droppableRects.entries()]
    .filter(([id]) => !String(id).includes("#"))
    .map(([, rect]) => rect)
    .sort((a, b) => a.left - b.left);
  const now = rects.findIndex((rect) => currentCoordinates.x >= rect.left && currentCoordinates.x < rect.right);
  const next = rects[(now + step + rects.length) % rects.length];
  return next ? { x: next.left + 16, y: next.top + 140 } : undefined;
};

/** The ghost hangs at the pointer's lower right, wherever in the row it was taken. */
const besidePointer: Modifier = ({ activatorEvent, draggingNodeRect, transform }) => {
  if (!(activatorEvent instanceof MouseEvent) || !draggingNodeRect) return transform;
  const x = transform.x + activatorEvent.clientX - draggingNodeRect.left + 12;
  const y = transform.y + activatorEvent.clientY - draggingNodeRect.top + 12;
  return { ...transform, x, y };
};

function useFileDrops(platform: Platform, registry: RefObject<Registry>, setLive: (live: Live) => void, onDrop: OnDrop) {
  const drop = useRef(onDrop);
  drop.current = onDrop;
  useEffect(() => {
    const under = (x: number, y: number) =>
      document.elementFromPoint(x, y)?.closest("[data-drop]")?.getAttribute("data-drop") ?? null;
    return platform.onFileDrop((drag: FileDrag) => {
      if (drag.kind === "leave") return setLive({ payload: null, over: null });
      const payload: Payload = { kind: "desktop", paths: drag.paths };
      const over = under(drag.x, drag.y);
      if (drag.kind === "over") return setLive({ payload, over });
      setLive({ payload: null, over: null });
      const target = registry.current.targets.get(over ?? "");
      if (target && accepts(payload, target).kind === "yes") drop.current(payload, target);
    });
  }, [platform, registry, setLive]);
}
