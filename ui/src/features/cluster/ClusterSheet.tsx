/** The era of a cluster: what its version can do, what it cannot, and why. */
import type { ClusterId, EraView } from "../../ipc/generated/contract";
import { Button, EnvTag, Fact, Note, Sheet } from "../../parts";
import { clusterById } from "../../state/board";
import { useAct, useStore } from "../../state/session";
import { say as sayLine, useWords } from "../../strings";

export function ClusterSheet({ id }: { id: ClusterId }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.cluster;
  const cluster = useStore((state) => clusterById(state.consoles, id));
  if (!cluster) return null;
  return (
    <Sheet
      icon="cluster"
      width={720}
      environment={cluster.environment}
      title={
        <>
          <span className="cut">{say.title(cluster.name)}</span>
          <EnvTag environment={cluster.environment} />
        </>
      }
      hint={`Rainbond ${cluster.version}`}
      onClose={act.closeSheet}
      foot={
        <>
          <Button look="quiet" icon="data" onClick={() => act.openSheet({ kind: "storage", console: cluster.console })}>
            {say.storage}
          </Button>
          <Button look="quiet" icon="settings" onClick={() => act.openSheet({ kind: "console", id: cluster.console })}>
            {say.edit}
          </Button>
          <span className="grow" />
          <Button size="large" data-autofocus onClick={act.closeSheet}>
            {words.common.close}
          </Button>
        </>
      }
    >
      {cluster.era ? (
        <Era era={cluster.era} />
      ) : (
        <div className="pad">
          <Note tone="warn" icon="warn">
            <b>{say.unknown}</b>
            <p>{say.unknownHint}</p>
          </Note>
        </div>
      )}
    </Sheet>
  );
}

export function Era({ era }: { era: EraView }) {
  const words = useWords();
  const say = words.official.cluster;
  return (
    <div data-era={era.era}>
      <dl className="pairs pad">
        <dt>{say.era}</dt>
        <dd>
          <b>{era.era}</b>
          <span className="t3">{` · ${words.official.certainty[era.certainty]}`}</span>
        </dd>
        <dt>{say.version}</dt>
        <dd className="num">{era.version}</dd>
        <dt>{say.console}</dt>
        <dd className="num">{era.console_version}</dd>
      </dl>
      <div className="halves ruled">
        <div className="pad" data-era-part="can">
          <h2 className="heading">{say.can}</h2>
          {era.can.map((line) => (
            <Fact key={line.code} icon="pass" tone="ok">
              {sayLine(words, line)}
            </Fact>
          ))}
        </div>
        <div className="pad" data-era-part="cannot">
          <h2 className="heading">{say.cannot}</h2>
          {era.cannot.length === 0 && (
            <Fact icon="pass" tone="ok">
              {say.nothing}
            </Fact>
          )}
          {era.cannot.map(({ what, why }) => (
            <Fact key={what.code} icon="minus" tone="warn" hint={sayLine(words, why)}>
              {sayLine(words, what)}
            </Fact>
          ))}
        </div>
      </div>
    </div>
  );
}
