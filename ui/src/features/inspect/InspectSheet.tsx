/** All that can be known of a package without downloading it, view by view. */
import { useState } from "react";
import type { PackageView, PlanSource } from "../../ipc/generated/contract";
import { Button, Cut, Sheet, type TabChoice, Tabs, useAnswer, Waiting } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";
import { bytes } from "../../strings/format";
import { ConfigView } from "./ConfigView";
import { PackageFacts } from "./Contents";
import { FilesView } from "./FilesView";
import { ComponentsView, RulesView, VolumesView } from "./PackageViews";

type View = "overview" | "components" | "config" | "data" | "rules" | "files";

export function InspectSheet({ source, name, app }: { source: PlanSource; name: string; app: string }) {
  const words = useWords();
  const act = useAct();
  const say = words.look;
  const { answer, problem } = useAnswer(JSON.stringify(source), () => act.inspect(source));
  return (
    <Sheet
      icon="box"
      title={<Cut>{say.title(app)}</Cut>}
      hint={answer ? say.read(bytes(answer.read_bytes), bytes(answer.size_bytes)) : name}
      onClose={act.closeSheet}
      foot={
        <>
          <Button size="large" icon="differs" onClick={() => act.openSheet({ kind: "compare", left: source, name, app })}>
            {words.official.menu.compare}
          </Button>
          <span className="grow" />
          <Button size="large" onClick={act.closeSheet}>
            {words.common.close}
          </Button>
        </>
      }
    >
      {/* As high whatever is shown: a sheet that changes its height moves the tabs away from the pointer. */}
      <div className="inside">
        {answer ? (
          <PackageTabs view={answer} source={source} />
        ) : (
          <Waiting busy={words.inspect.reading} failed={words.inspect.cannotInspect} problem={problem} />
        )}
      </div>
    </Sheet>
  );
}

export function PackageTabs({ view, source, first = "overview" }: { view: PackageView; source: PlanSource; first?: View }) {
  const words = useWords();
  const say = words.look;
  const [shown, setShown] = useState<View>(first);
  const { components } = view;
  const volumes = components.flatMap((one) => one.volumes);
  const told = components.reduce((sum, one) => sum + one.variables.length + one.config_files.length, 0);
  const choices: TabChoice<View>[] = [
    { value: "overview", label: say.overview },
    { value: "components", label: words.inspect.components, count: components.length },
    { value: "config", label: say.config, count: told },
    {
      value: "data",
      label: words.inspect.data,
      count: `${volumes.filter((volume) => volume.has_data).length} / ${volumes.length}`,
    },
    { value: "rules", label: words.inspect.gatewayRules, count: view.gateway_rules.length },
    { value: "files", label: say.files },
  ];
  return (
    <Tabs label={say.views} value={shown} choices={choices} onPick={setShown}>
      <h2 className="hidden">{choices.find((choice) => choice.value === shown)?.label}</h2>
      {shown === "overview" && <PackageFacts view={view} />}
      {shown === "components" && <ComponentsView components={components} />}
      {shown === "config" && <ConfigView components={components} credentials={view.credentials} source={source} />}
      {shown === "data" && <VolumesView components={components} />}
      {shown === "rules" && <RulesView view={view} />}
      {shown === "files" && <FilesView source={source} components={components} />}
    </Tabs>
  );
}
