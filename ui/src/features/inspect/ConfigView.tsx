/** What components are told: variables and config files. Covered until asked for; what looks like a secret, one by one. */
import { useState } from "react";
import type { PackageComponent, PlanSource } from "../../ipc/generated/contract";
import { Button, Cut, Icon, SearchField } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";

interface ConfigProps {
  components: PackageComponent[];
  credentials: string[];
  source: PlanSource;
}

export function ConfigView({ components, credentials, source }: ConfigProps) {
  const words = useWords();
  const say = words.look;
  const [filter, setFilter] = useState("");
  const [isOpen, setOpen] = useState(false);
  const wanted = filter.trim().toLowerCase();
  const fitting = components
    .map((one) => ({
      ...one,
      variables: one.variables.filter((row) => `${row.name} ${one.name}`.toLowerCase().includes(wanted)),
      config_files: one.config_files.filter((path) => `${path} ${one.name}`.toLowerCase().includes(wanted)),
    }))
    .filter((one) => one.variables.length + one.config_files.length > 0);
  return (
    <div className="pad stack">
      <div className="pair look-bar">
        <SearchField label={say.filterConfig} value={filter} onText={setFilter} />
        <Button icon="key" aria-pressed={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? say.cover : say.uncover}
        </Button>
      </div>
      <p className="small t2">{say.secretsStay}</p>
      {fitting.length === 0 && <p className="t2">{words.column.nothingFits}</p>}
      {fitting.map((one) => (
        <section key={one.id || one.name} aria-label={one.name}>
          <h3 className="heading">
            <Cut>{one.name}</Cut>
            <span className="count">{say.counted(one.variables.length, one.config_files.length)}</span>
          </h3>
          <table className="table config">
            <thead className="hidden">
              <tr>
                <th scope="col">{say.name}</th>
                <th scope="col">{say.value}</th>
              </tr>
            </thead>
            <tbody>
              {one.variables.map((row) => (
                <tr key={row.name}>
                  <th scope="row" className="mono break">
                    {row.name}
                  </th>
                  <td className="mono break">
                    {row.value === null ? (
                      <Secret source={source} component={one.id} name={row.name} />
                    ) : (
                      <Value value={row.value} isOpen={isOpen} />
                    )}
                  </td>
                </tr>
              ))}
              {one.config_files.map((path) => (
                <tr key={path}>
                  <th scope="row" className="mono break">
                    {path}
                  </th>
                  <td>
                    <Icon name="bundle" tone="t3" />
                    {words.official.aspect.config_file}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
      {credentials.length > 0 && (
        <section aria-label={words.inspect.credentialPlaces}>
          <h3 className="heading">
            {words.inspect.credentialPlaces}
            <span className="count">{credentials.length}</span>
          </h3>
          <ul className="small">
            {credentials.map((place) => (
              <li key={place} className="break">
                {place}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Value({ value, isOpen }: { value: string; isOpen: boolean }) {
  const say = useWords().look;
  if (!isOpen)
    return (
      <>
        <span aria-hidden="true">••••••••</span>
        <span className="hidden">{say.covered}</span>
      </>
    );
  return value === "" ? <span className="t3">{say.empty}</span> : value;
}

/** The page does not have it before it is asked for. */
function Secret({ source, component, name }: { source: PlanSource; component: string; name: string }) {
  const say = useWords().look;
  const act = useAct();
  const [value, setValue] = useState<string | null>(null);
  const show = () => act.rpc("reveal_value", { source, component, name }).then(setValue).catch(act.notice);
  return (
    <span className="pair" data-secret={value === null ? "covered" : "shown"}>
      <Icon name="lock" tone="t3" />
      {value === null ? <span aria-hidden="true">••••••••</span> : <span className="break">{value}</span>}
      <span className="small t2">{say.secret}</span>
      <Button
        size="small"
        look="quiet"
        aria-label={`${value === null ? say.show : say.hide} ${name}`}
        onClick={() => (value === null ? void show() : setValue(null))}
      >
        {value === null ? say.show : say.hide}
      </Button>
    </span>
  );
}
