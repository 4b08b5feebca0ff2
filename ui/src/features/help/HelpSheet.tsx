/** The guide: how things are done, and what each error code means. Opens over whatever is open, and leaves it as it was. */
import { useState } from "react";
import { SearchField, Sheet, type TabChoice, Tabs } from "../../parts";
import type { HelpAt } from "../../state/model";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";
import { CODES, fittingCodes } from "./codes";

type Topic = HelpAt["topic"];
const TOPICS: Topic[] = ["connect", "migrate", "airGap", "restore", "trouble"];

export function HelpSheet({ at }: { at: HelpAt }) {
  const words = useWords();
  const act = useAct();
  const say = words.help;
  const [topic, setTopic] = useState<Topic>(at.topic);
  const choices: TabChoice<Topic>[] = TOPICS.map((value) =>
    value === "trouble" ? { value, label: say.trouble.title, count: CODES.length } : { value, label: say[value].title },
  );
  return (
    <Sheet icon="help" title={say.title} hint={say.hint} width={800} onClose={act.closeHelp}>
      <div className="inside" data-help={topic}>
        <Tabs label={say.topics} value={topic} choices={choices} onPick={setTopic}>
          {topic === "trouble" ? <Codes first={at.code ?? ""} /> : <Guide topic={topic} />}
        </Tabs>
      </div>
    </Sheet>
  );
}

function Guide({ topic }: { topic: Exclude<Topic, "trouble"> }) {
  const say = useWords().help[topic];
  return (
    <div className="pad help">
      <h2>{say.title}</h2>
      <p className="t2">{say.intro}</p>
      <ol className="help-steps">
        {say.steps.map(([what, why]) => (
          <li key={what}>
            <b>{what}</b>
            <p className="t2">{why}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Codes({ first }: { first: string }) {
  const words = useWords();
  const say = words.help.trouble;
  const [search, setSearch] = useState(first);
  const codes = fittingCodes(words, search);
  return (
    <div className="pad help">
      <h2>{say.title}</h2>
      <p className="t2">{say.intro}</p>
      <div className="pair look-bar">
        <SearchField label={say.search} value={search} onText={setSearch} />
        <span className="small t2 num" role="status">
          {say.count(codes.length)}
        </span>
      </div>
      {codes.length === 0 && <p className="t2">{say.nothing}</p>}
      <ul className="help-codes">
        {codes.map((code) => (
          <li key={code} data-code={code}>
            <h3>
              {words.problems[code].title} <span className="mono t2">{code}</span>
            </h3>
            <dl className="pairs">
              <dt>{say.cause}</dt>
              <dd>{words.help.causes[code]}</dd>
              <dt>{say.next}</dt>
              <dd>{words.problems[code].remedy}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </div>
  );
}
