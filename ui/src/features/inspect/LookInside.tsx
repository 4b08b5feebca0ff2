/** From the panel to the whole of it: all views of the package, and a comparison. */
import type { PlanSource } from "../../ipc/generated/contract";
import { Button } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";

export function LookInside({ source, name, app }: { source: PlanSource; name: string; app: string }) {
  const words = useWords();
  const act = useAct();
  return (
    <div className="section look-inside">
      <Button size="small" icon="box" onClick={() => act.openSheet({ kind: "inspect", source, name, app })}>
        {words.look.inside}
      </Button>
      <Button size="small" icon="differs" onClick={() => act.openSheet({ kind: "compare", left: source, name, app })}>
        {words.look.compare}
      </Button>
    </div>
  );
}
