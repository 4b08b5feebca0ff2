/** What is inside a package, read by pieces without downloading it. */
import { useEffect, useState } from "react";
import { asProblem } from "../../ipc/client";
import type { PackageComponent, PackageView, PlanSource, Problem } from "../../ipc/generated/contract";
import { Cut, Fact, Fold, Icon, ProblemNote, Spinner } from "../../parts";
import { useAct } from "../../state/session";
import { say, useWords } from "../../strings";
import { bytes } from "../../strings/format";

type Reading = { kind: "reading" } | { kind: "read"; view: PackageView } | { kind: "failed"; problem: Problem };

export function Contents({ source }: { source: PlanSource }) {
  const words = useWords();
  const act = useAct();
  const [reading, setReading] = useState<Reading>({ kind: "reading" });
  useEffect(() => {
    let stale = false;
    const put = (next: Reading) => !stale && setReading(next);
    put({ kind: "reading" });
    act
      .inspect(source)
      .then((view) => put({ kind: "read", view }))
      .catch((failure: unknown) => put({ kind: "failed", problem: asProblem(failure) }));
    return () => {
      stale = true;
    };
  }, [act, source]);

  if (reading.kind === "failed") return <ProblemNote problem={reading.problem} title={words.inspect.cannotInspect} />;
  if (reading.kind === "reading") {
    return (
      <p className="section pair small t2" role="status">
        <Spinner />
        {words.inspect.reading}
      </p>
    );
  }
  return <PackageContents view={reading.view} />;
}

/** In a few lines: what is there, and what is not. */
export function PackageFacts({ view }: { view: PackageView }) {
  const words = useWords();
  const terms = words.inspect;
  const { components } = view;
  const sum = (count: (component: PackageComponent) => number) =>
    components.reduce((total, component) => total + count(component), 0);
  const withImage = components.filter((component) => component.has_image).length;
  const volumes = components.flatMap((component) => component.volumes);
  const withData = volumes.filter((volume) => volume.has_data).length;
  const isWhole = withImage === components.length;
  return (
    <div className="section" data-inspected={components.length}>
      <h3 className="heading">
        {terms.inside}
        <span className="count">{terms.readBytes(bytes(view.read_bytes))}</span>
      </h3>
      <Fact icon={isWhole ? "pass" : "warn"} tone={isWhole ? "ok" : "warn"}>
        {isWhole ? terms.allImages(components.length) : terms.someImages(withImage, components.length)}
      </Fact>
      <Fact icon="pass" tone="ok">
        {terms.config(
          sum((component) => component.variable_count),
          sum((component) => component.config_file_count),
        )}
      </Fact>
      {volumes.length === 0 ? (
        <Fact icon="minus" tone="t3">
          {terms.noVolumes}
        </Fact>
      ) : (
        <Fact icon={withData === volumes.length ? "pass" : "warn"} tone={withData === volumes.length ? "ok" : "warn"}>
          {terms.volumes(withData, volumes.length)}
        </Fact>
      )}
      <Fact icon="minus" tone="t3">
        {view.gateway_rules.length > 0 ? terms.rules(view.gateway_rules.length) : terms.noRules}
      </Fact>
      <Fact icon="key" tone="t3">
        {view.credentials.length > 0 ? terms.credentials(view.credentials.length) : terms.noCredentials}
      </Fact>
      {view.findings.map((line) => (
        <Fact key={line.code} icon="warn" tone="warn">
          {say(words, line)}
        </Fact>
      ))}
    </div>
  );
}

export function PackageContents({ view }: { view: PackageView }) {
  const words = useWords();
  const terms = words.inspect;
  const { components } = view;
  const volumes = components.flatMap((component) => component.volumes);
  const withData = volumes.filter((volume) => volume.has_data).length;
  return (
    <>
      <PackageFacts view={view} />
      <Fold title={terms.components} count={components.length}>
        {components.map((component) => (
          <ComponentLines key={component.name} component={component} />
        ))}
      </Fold>
      {volumes.length > 0 && (
        <Fold title={terms.data} count={`${withData} / ${volumes.length}`}>
          {volumes.map((volume, index) => (
            <Fact
              // biome-ignore lint/suspicious/noArrayIndexKey: two components may have the same volume name and path
              key={index}
              icon={volume.has_data ? "hasData" : "noData"}
              tone={volume.has_data ? "" : "warn"}
              hint={`${volume.kind} · ${volume.has_data ? terms.hasData : terms.noData}`}
            >
              <span className="mono break">{volume.path || volume.name}</span>
            </Fact>
          ))}
        </Fold>
      )}
      <TextFold title={terms.gatewayRules} icon="globe" texts={view.gateway_rules} />
      <TextFold title={terms.credentialPlaces} icon="key" texts={view.credentials} />
    </>
  );
}

function TextFold({ title, icon, texts }: { title: string; icon: "globe" | "key"; texts: string[] }) {
  if (texts.length === 0) return null;
  return (
    <Fold title={title} count={texts.length}>
      {texts.map((text) => (
        <Fact key={text} icon={icon} tone="t3">
          <span className="break">{text}</span>
        </Fact>
      ))}
    </Fold>
  );
}

function ComponentLines({ component }: { component: PackageComponent }) {
  const words = useWords();
  return (
    <div className="component">
      <Icon name="image" tone={component.has_image ? "" : "warn"} />
      <div className="grow">
        <div className="component-name">
          <Cut>{component.name}</Cut>
          {!component.has_image && <span className="tag warn">{words.inspect.noImage}</span>}
          <span className="grow" />
          <span className="small t3 num">{words.inspect.memory(component.memory_mb)}</span>
        </div>
        <Cut className="small t3 mono">{component.image}</Cut>
        {component.ports.length > 0 && <div className="small t3 num">{component.ports.join(" · ")}</div>}
      </div>
    </div>
  );
}
