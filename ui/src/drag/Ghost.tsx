/** What hangs at the pointer: source, size, and the verdict of the place below. */
import { Cut, cx, EnvTag, Icon, type IconName } from "../parts";
import { useWords } from "../strings";
import { bytes, when } from "../strings/format";
import { accepts } from "./rules";
import type { Payload, Target } from "./types";
import { payloadBytes, payloadName, payloadTime, sayVerdict } from "./words";

const ICONS: Record<Payload["kind"], IconName> = { backup: "box", app: "image", file: "bundle", desktop: "bundle" };

export function Ghost({ payload, target }: { payload: Payload; target: Target | null }) {
  const words = useWords();
  const verdict = target ? accepts(payload, target) : null;
  const saying = target && verdict ? sayVerdict(payload, target, verdict, words) : null;
  const size = payloadBytes(payload);
  return (
    <div className="ghost" data-ghost={payload.kind}>
      <div className="ghost-what">
        <Icon name={ICONS[payload.kind]} />
        <span className="grow">
          <span className="ghost-name">
            <b className="cut">{payloadName(payload, words)}</b>{" "}
            {payload.kind === "app" ? (
              <Cut className="small t2">{`${words.drag.app} · ${words.common.components(payload.app.component_count)}`}</Cut>
            ) : (
              <span className="num">{when(payloadTime(payload), new Date(), words.time)}</span>
            )}
          </span>
          {(payload.kind === "backup" || payload.kind === "app") && (
            <span className="place small t3">
              <Cut>{words.common.place(payload.clusterName, payload.teamAlias)}</Cut>
              <EnvTag environment={payload.environment} />
            </span>
          )}
        </span>
        {size !== null && <span className="num small t2">{bytes(size)}</span>}
      </div>
      <div className={cx("ghost-verdict", verdict?.kind ?? "none")}>
        <Icon name={saying?.icon ?? "info"} />
        <Cut>{saying?.title ?? words.drag.noTarget}</Cut>
        <span className="grow" />
        {target?.kind === "team" && verdict?.kind === "yes" && <EnvTag environment={target.cluster.environment} />}
      </div>
    </div>
  );
}
