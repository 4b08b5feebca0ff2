/** The one place of a plan's options: which groups a plan has, in which order. Each group says its own words and shows nothing where it has nothing to offer. */
import type { ReactNode } from "react";
import type { PlanOptions as Options, PlanRequest, PlanView } from "../../../ipc/generated/contract";
import { useWords } from "../../../strings";
import { ArrivalOptions } from "./ArrivalOptions";
import { DataOptions } from "./DataOptions";
import { GatewayOptions } from "./GatewayOptions";
import { LaneOption } from "./LaneOption";
import { NameOption } from "./NameOption";
import { RegistryOption } from "./RegistryChoice";
import { RestoreOptions } from "./RestoreOptions";
import { RunningAppOptions } from "./RunningAppOptions";
import { VolumeOptions } from "./VolumeOptions";

/** What every group is given: what is asked for, what the latest plan answered, and how to ask for something else. */
export interface OptionProps {
  options: Options;
  plan: PlanView;
  onChange: (options: Options) => void;
}

type Group = (props: OptionProps) => ReactNode;

const GROUPS = {
  runningApp: RunningAppOptions,
  name: NameOption,
  lane: LaneOption,
  registry: RegistryOption,
  arrival: ArrivalOptions,
  data: DataOptions,
  volumes: VolumeOptions,
  gateway: GatewayOptions,
  restore: RestoreOptions,
} satisfies Record<string, Group>;

type GroupName = keyof typeof GROUPS;

const ARRIVAL: GroupName[] = ["name", "lane", "registry", "arrival", "data", "volumes", "gateway"];

function groupsOf({ source, target }: PlanRequest): GroupName[] {
  const first: GroupName[] = source.kind === "app" ? ["runningApp"] : [];
  switch (target.kind) {
    case "team":
      return [...first, ...ARRIVAL];
    case "this_computer":
      return first;
    case "restore":
      return ["restore"];
    case "backup":
      return [];
  }
}

export function PlanOptions(props: OptionProps) {
  const words = useWords();
  return (
    <div className="ruled options" role="group" aria-label={words.plan.options}>
      {groupsOf(props.plan.request).map((name) => {
        const Group: Group = GROUPS[name];
        return <Group key={name} {...props} />;
      })}
    </div>
  );
}
