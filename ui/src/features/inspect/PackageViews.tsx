/** Components, volumes and gateway rules of a package, each as a table. */
import type { PackageComponent, PackageView } from "../../ipc/generated/contract";
import { Blank, Cut, Icon } from "../../parts";
import { useWords } from "../../strings";

export function ComponentsView({ components }: { components: PackageComponent[] }) {
  const words = useWords();
  const say = words.look;
  if (components.length === 0) return <Blank icon="image" title={say.noComponents} />;
  return (
    <div className="pad">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{words.official.aspect.component}</th>
            <th scope="col">{say.image}</th>
            <th scope="col">{words.inspect.ports}</th>
            <th scope="col" className="right">
              {words.official.aspect.memory}
            </th>
          </tr>
        </thead>
        <tbody>
          {components.map((one) => (
            <tr key={one.id || one.name}>
              <th scope="row">
                <Cut>{one.name}</Cut>
                <span className="small t2">{say.kind(one.kind)}</span>
              </th>
              <td>
                <Cut className="mono">{one.image}</Cut>
                {!one.has_image && (
                  <span className="small warn pair">
                    <Icon name="warn" />
                    {words.inspect.noImage}
                  </span>
                )}
              </td>
              <td className="num">{one.ports.join(" · ") || "—"}</td>
              <td className="num right">{words.inspect.memory(one.memory_mb)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function VolumesView({ components }: { components: PackageComponent[] }) {
  const words = useWords();
  const say = words.look;
  const volumes = components.flatMap((one) => one.volumes.map((volume) => ({ component: one.name, ...volume })));
  if (volumes.length === 0) return <Blank icon="minus" title={words.inspect.noVolumes} />;
  const absent = volumes.filter((volume) => !volume.has_data).length;
  return (
    <div className="pad stack">
      <p className={absent > 0 ? "warn pair" : "ok pair"}>
        <Icon name={absent > 0 ? "warn" : "pass"} />
        {absent > 0 ? say.dataAbsent(absent, volumes.length) : say.dataWhole(volumes.length)}
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say.mounted}</th>
            <th scope="col">{words.official.aspect.component}</th>
            <th scope="col">{say.storage}</th>
            <th scope="col">{words.inspect.data}</th>
          </tr>
        </thead>
        <tbody>
          {volumes.map((volume, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two components may have the same volume name and path
            <tr key={index}>
              <th scope="row" className="mono break">
                {volume.path || volume.name}
              </th>
              <td>
                <Cut>{volume.component}</Cut>
              </td>
              <td className="mono">{volume.kind}</td>
              <td>
                <span className={volume.has_data ? "sign" : "sign warn"}>
                  <Icon name={volume.has_data ? "hasData" : "noData"} />
                  {volume.has_data ? words.inspect.hasData : words.inspect.noData}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function RulesView({ view }: { view: PackageView }) {
  const words = useWords();
  const say = words.look;
  if (view.gateway_rules.length === 0) return <Blank icon="globe" title={words.inspect.noRules} />;
  const rules = view.gateway_rules.map((text) => text.split(" → "));
  return (
    <div className="pad stack">
      <p className="small t2">{say.rulesHint}</p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say.address}</th>
            <th scope="col">{say.leadsTo}</th>
          </tr>
        </thead>
        <tbody>
          {rules.map(([from = "", to = ""]) => (
            <tr key={`${from} ${to}`}>
              <th scope="row" className="mono break">
                {from}
              </th>
              <td className="mono break">{to}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
