/** The line at the bottom: what is under way, or, while dragging, what the keys do. */
import { useDragged } from "../drag/DragLayer";
import { TransferStrip } from "../features/transfers/TransferStrip";
import { Icon } from "../parts";
import { useStore } from "../state/session";
import { useWords } from "../strings";

export function Strip() {
  const dragged = useDragged();
  const drawerOpen = useStore((state) => state.drawerOpen);
  if (dragged) return <DragLegend />;
  return drawerOpen ? null : <TransferStrip />;
}

function DragLegend() {
  const words = useWords();
  return (
    <footer className="strip">
      <Icon name="info" />
      <span className="cut">{words.drag.legend}</span>
      <span className="grow" />
      <kbd>Esc</kbd>
      <span>{words.drag.cancel}</span>
      <span className="sep" />
      <kbd>← →</kbd>
      <span>{words.drag.next}</span>
      <span className="sep" />
      <kbd>Space</kbd>
      <span>{words.drag.drop}</span>
    </footer>
  );
}
