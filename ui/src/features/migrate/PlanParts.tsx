/** From where, to where, how big, how long, why this way; what arrives, what does not, what changes. */

import { fileName } from "../../drag/words";
import type { Line, Place, PlanView } from "../../ipc/generated/contract";
import { ENV_CLASS, EnvTag, Icon, type IconName, placeName, Steps } from "../../parts";
import { say, useWords, type Words } from "../../strings";
import { bytes, estimate, versionTime, when } from "../../strings/format";

function Port({ place, under }: { place: Place; under: string }) {
  const words = useWords();
  const environment = place.kind === "team" ? place.environment : null;
  const name = placeName(place, words);
  return (
    <div className={`port ${environment ? ENV_CLASS[environment] : ""}`}>
      {environment && <div className="band" />}
      <div className="in">
        <div>
          {!environment && <Icon name={place.kind === "object" ? "data" : "computer"} />}
          <b className="cut" title={name}>
            {name}
          </b>
          {environment && <EnvTag environment={environment} />}
        </div>
        <div className="small t2 num cut" title={under}>
          {under}
        </div>
      </div>
    </div>
  );
}

function sourceUnder(plan: PlanView, words: Words): string {
  const time = plan.version ? when(versionTime(plan.version), new Date(), words.time) : "";
  const version =
    plan.source.kind === "team" ? plan.source.version : plan.source.kind === "this_computer" ? fileName(plan.source.path) : "";
  return [plan.source_app, time, version].filter(Boolean).join(" · ");
}

function targetUnder(plan: PlanView, words: Words): string {
  if (plan.path) return words.plan.asFile(fileName(plan.path));
  const version = plan.target.kind === "team" ? plan.target.version : "";
  const isExisting = plan.request.target.kind === "team" && plan.request.target.app !== null;
  const app = plan.kind === "backup" || plan.kind === "restore" || isExisting ? plan.app_name : words.plan.newApp(plan.app_name);
  return [app, version].filter(Boolean).join(" · ");
}

/** Voyage, steps with their expected times, lane and route with the reason. */
export function Forecast({ plan }: { plan: PlanView }) {
  const words = useWords();
  const time = estimate(plan.estimate_secs, words.time);
  const way = [plan.lane && words.lane[plan.lane], words.route[plan.route]].filter(Boolean).join(" · ");
  return (
    <div className="pad">
      {plan.kind !== "backup" && (
        <div className="voyage">
          <Port place={plan.source} under={sourceUnder(plan, words)} />
          <div className="way">
            <span className="num">{plan.total_bytes > 0 ? words.plan.bytesTime(bytes(plan.total_bytes), time) : time}</span>
            <svg className="arrow" viewBox="0 0 136 12" preserveAspectRatio="none" aria-hidden="true">
              <path d="M0 6h134M128 1.5 134.5 6 128 10.5" />
            </svg>
            <span>{way}</span>
          </div>
          <Port place={plan.target} under={targetUnder(plan, words)} />
        </div>
      )}
      <div className="forecast">
        <Steps
          steps={plan.steps.map((step, index) => ({
            key: `${index} ${step.name}`,
            name: words.phase[step.name],
            under: step.estimate_secs > 0 ? estimate(step.estimate_secs, words.time) : "",
            state: "next",
            weight: Math.min(3, Math.max(0.8, Math.sqrt(step.estimate_secs / 10))),
          }))}
        />
      </div>
      <dl className="why">
        {plan.lane && plan.lane_reason && (
          <Why icon="lane" name={words.plan.lane} value={words.lane[plan.lane]} reason={plan.lane_reason} />
        )}
        <Why icon="flow" name={words.plan.route} value={words.route[plan.route]} reason={plan.route_reason} />
      </dl>
    </div>
  );
}

function Why({ icon, name, value, reason }: { icon: IconName; name: string; value: string; reason: Line }) {
  const words = useWords();
  return (
    <div>
      <Icon name={icon} />
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {words.colon}
        {say(words, reason)}
      </dd>
    </div>
  );
}

/** The honest part. */
export function Outcome({ plan }: { plan: PlanView }) {
  const words = useWords();
  if (plan.arrives.length + plan.stays.length + plan.changes.length === 0) return null;
  return (
    <>
      <div className="halves ruled">
        <Lines title={words.plan.arrives} kind="arrives" icon="pass" tone="ok" lines={plan.arrives} />
        <Lines title={words.plan.stays} kind="stays" icon="minus" tone="warn" lines={plan.stays} />
      </div>
      {plan.changes.length > 0 && (
        <div className="ruled">
          <Lines title={words.plan.changes} kind="changes" icon="differs" tone="t3" lines={plan.changes} />
        </div>
      )}
    </>
  );
}

function Lines({ title, kind, icon, tone, lines }: { title: string; kind: string; icon: IconName; tone: string; lines: Line[] }) {
  const words = useWords();
  return (
    <div className="pad lines" data-plan-part={kind}>
      <h2 className="heading">{title}</h2>
      {lines.length === 0 && <p className="small t3">{words.plan.nothingArrives}</p>}
      <ul>
        {lines.map((line) => (
          <li className="fact-line" key={line.code + line.message} data-line={line.code}>
            <Icon name={icon} tone={tone} />
            <span>{say(words, line)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
