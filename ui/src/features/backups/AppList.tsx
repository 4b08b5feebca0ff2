/** The apps of a team and their backups, of which only what is seen is drawn. */

import { type ReactNode, useMemo, useState } from "react";
import type { Target } from "../../drag/types";
import type { AppId, AppView, ClusterView } from "../../ipc/generated/contract";
import { Icon, VirtualList } from "../../parts";
import { useStore } from "../../state/session";
import { useWords } from "../../strings";
import { AppRow } from "./AppRow";
import { BackupCard } from "./BackupCard";
import { type Row, rowHeight, rowsOf } from "./rows";
import { useShownRow } from "./useShown";

export interface AppListProps {
  cluster: ClusterView;
  target: Extract<Target, { kind: "team" }>;
  apps: AppView[];
  filter: string;
  /** Shown when nothing fits. */
  children: ReactNode;
}

const keyOf = (row: Row) => row.key;

export function AppList({ cluster, target, apps, filter, children }: AppListProps) {
  const words = useWords();
  const search = useStore((state) => state.search);
  const grouping = useStore((state) => state.grouping);
  const [folded, setFolded] = useState<ReadonlySet<AppId | "gone">>(new Set());
  const [unrolled, setUnrolled] = useState<ReadonlySet<AppId>>(new Set());
  const goTo = useShownRow(cluster.id, apps, (app) => {
    setFolded((before) => unfolded(before, app));
    setUnrolled((before) => new Set(before).add(app.id));
  });
  const rows = useMemo(
    () => rowsOf(apps, { filters: [filter, search], grouping, folded, unrolled }),
    [apps, filter, search, grouping, folded, unrolled],
  );
  const team = target.team ?? "";
  if (rows.length === 0) return <div className="column-body">{children}</div>;

  const draw = (row: Row) => {
    switch (row.kind) {
      case "backup":
        return (
          <BackupCard
            cluster={cluster}
            team={team}
            app={row.app}
            backup={row.backup}
            showsApp={grouping === "time" || row.app.state === "deleted"}
          />
        );
      case "app":
        return (
          <AppRow app={row.app} isOpen={row.isOpen} column={target} onToggle={() => setFolded(toggled(folded, row.app.id))} />
        );
      case "earlier":
        return (
          <button type="button" data-row className="earlier" onClick={() => setUnrolled(toggled(unrolled, row.app.id))}>
            {words.column.earlier(row.count)}
          </button>
        );
      case "gone":
        return (
          <button
            type="button"
            data-row
            className="app-row app-toggle gone"
            aria-expanded={row.isOpen}
            onClick={() => setFolded(toggled(folded, "gone"))}
          >
            <Icon name={row.isOpen ? "down" : "chevron"} />
            <span className="t2">{words.column.deleted}</span>
            <span className="count">{row.count}</span>
          </button>
        );
    }
  };
  return (
    <div className="column-body">
      <VirtualList
        label={words.column.backups(cluster.name)}
        rows={rows}
        keyOf={keyOf}
        heightOf={rowHeight}
        draw={draw}
        goTo={goTo}
      />
    </div>
  );
}

/** An app that is gone is in a group that opens by the same set. */
function unfolded(folded: ReadonlySet<AppId | "gone">, app: AppView): ReadonlySet<AppId | "gone"> {
  const next = new Set(folded);
  if (app.state === "deleted") next.add("gone");
  else next.delete(app.id);
  return next;
}

function toggled<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
