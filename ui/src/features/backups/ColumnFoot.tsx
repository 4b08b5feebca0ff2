/** Under a column: Back up…, and the version of the cluster. */
import { backUpRequest } from "../../drag/appItems";
import type { ClusterView, TeamName } from "../../ipc/generated/contract";
import { Cut, Icon, ListButton, type MenuItem } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { clock } from "../../strings/format";

export function ColumnFoot({ cluster, team }: { cluster: ClusterView; team: TeamName | null }) {
  const words = useWords();
  const act = useAct();
  const slot = useStore((state) => state.columns[cluster.id]);
  const apps = (slot?.view?.apps ?? []).filter((app) => app.state !== "deleted");
  const readAt = slot?.view ? words.column.loadedAt(clock(slot.view.loaded_at)) : "";
  const itemsOf = (team: TeamName): MenuItem[] => [
    {
      label: words.official.menu.severalApps,
      icon: "image",
      run: () => act.openSheet({ kind: "several", cluster: cluster.id, team, apps: null }),
    },
    ...apps.map(
      (app): MenuItem => ({
        label: app.name,
        icon: "box",
        disabled: app.component_count === 0,
        run: () => act.openSheet({ kind: "plan", request: backUpRequest({ cluster: cluster.id, team, app }) }),
      }),
    ),
  ];
  return (
    <footer className="column-foot">
      {cluster.read_only ? (
        <span className="foot-note">
          <Icon name="lock" />
          {words.common.readOnly}
        </span>
      ) : (
        <ListButton
          look="quiet"
          size="small"
          icon="plus"
          disabled={apps.length === 0 || team === null}
          items={team === null ? [] : itemsOf(team)}
        >
          {words.column.backUp}
        </ListButton>
      )}
      <span className="grow" />
      {cluster.hidden_team_count > 0 && (
        <span className="foot-note" title={words.column.hiddenTeams(cluster.hidden_team_count)}>
          +{cluster.hidden_team_count}
        </span>
      )}
      <button
        type="button"
        className="foot-version link"
        aria-label={`${words.official.menu.about} ${cluster.name} ${cluster.version}`}
        onClick={() => act.openSheet({ kind: "cluster", id: cluster.id })}
      >
        <Cut>{slot?.loading ? words.common.loading : cluster.version}</Cut>
      </button>
      <span className="hidden">{readAt}</span>
    </footer>
  );
}
