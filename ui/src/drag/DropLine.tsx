/** The line under a column's head in which it answers a drag; and the slot where the thing will land. */
import { Icon } from "../parts";
import { useWords } from "../strings";
import type { Zone } from "./DragLayer";
import type { Target } from "./types";
import { payloadName, sayVerdict } from "./words";

export function DropLine({ zone, target }: { zone: Zone; target: Target }) {
  const words = useWords();
  if (!zone.payload || !zone.verdict) return null;
  const saying = sayVerdict(zone.payload, target, zone.verdict, words);
  return (
    <div className="dropline" data-drop-answer={zone.answer}>
      <Icon name={saying.icon} />
      <span>
        <b>{saying.title}</b>
        <span>{saying.hint}</span>
      </span>
    </div>
  );
}

export function DropSlot({ zone, target }: { zone: Zone; target: Target }) {
  const words = useWords();
  if (!zone.payload || zone.answer !== "over") return null;
  const name = payloadName(zone.payload, words);
  return (
    <div className="slot">
      <Icon name="plus" />
      <span className="cut">{target.kind === "team" ? words.drag.newApp(name) : words.drag.newBundle(name)}</span>
    </div>
  );
}
