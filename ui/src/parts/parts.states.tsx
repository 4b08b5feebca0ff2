/** The small parts, each as it is used, with names as long as people make them. */
import { UNREACHABLE } from "../platform/fake/world";
import type { ScreenStates } from "../test/states";
import {
  Bar,
  Blank,
  Button,
  Checkbox,
  ConfirmField,
  DataSign,
  EnvTag,
  Fold,
  IconButton,
  Note,
  ProblemNote,
  RadioCards,
  SearchField,
  Segmented,
  Select,
  Sheet,
  Spinner,
  StateSign,
  Steps,
  Tabs,
  TextArea,
  TextField,
  Waiting,
} from ".";

const nothing = () => undefined;
const LONG =
  "华东区会员中心与积分商城一体化平台（双十一大促专用，含灰度发布与回滚预案） a-very-long-name-without-any-space-at-all";
const choices = [
  { value: "one", label: "One", count: 1 },
  { value: "two", label: "Two", count: 20_000 },
];
const options = [
  { value: "a", label: "商城团队" },
  { value: "b", label: LONG },
];

export const states: ScreenStates = {
  buttons: {
    draw: () => (
      <div className="pad stack">
        <Button>Plain</Button>
        <Button look="primary">Primary</Button>
        <Button look="prod">Production</Button>
        <Button look="quiet" icon="plus">
          Quiet
        </Button>
        <Button disabled>Off</Button>
        <Button size="large">Large</Button>
        <IconButton icon="settings" label="Settings" />
      </div>
    ),
    shows: "Production",
  },
  fields: {
    draw: () => (
      <div className="pad stack form">
        <TextField label="Name" value={LONG} onText={nothing} hint="Said below it" />
        <TextArea label="Notes" value={LONG} onText={nothing} />
        <SearchField label="Filter" value="升级" onText={nothing} />
        <Select label="Team" value="b" options={options} onPick={nothing} />
        <Checkbox checked onCheck={nothing}>
          {LONG}
        </Checkbox>
        <RadioCards legend="Where" value="one" choices={choices.map((one) => ({ ...one, hint: LONG }))} onPick={nothing} />
        <Segmented label="Show" value="two" choices={choices} onPick={nothing} />
      </div>
    ),
    shows: "Said below it",
  },
  signs: {
    draw: () => (
      <div className="pad stack">
        {(["production", "staging", "test"] as const).map((one) => (
          <EnvTag key={one} environment={one} />
        ))}
        {(["running", "stopped", "abnormal"] as const).map((one) => (
          <StateSign key={one} state={one} />
        ))}
        {(["whole", "partly", "absent", "no_volumes", "unknown"] as const).map((one) => (
          <DataSign key={one} sign={one} />
        ))}
        <Spinner />
        <Bar share={0.4} label="Copied" />
        <Bar share={null} label="Restored" />
      </div>
    ),
    shows: "Abnormal",
  },
  "empty and loading": {
    draw: () => (
      <>
        <Blank icon="box" title="Nothing here">
          <span>{LONG}</span>
        </Blank>
        <Waiting busy="Looking…" failed="Failed" problem={null} />
      </>
    ),
    shows: "Looking…",
  },
  failed: {
    draw: () => (
      <div className="pad stack">
        <ProblemNote problem={UNREACHABLE} title="It could not be read" />
        <Note tone="warn" icon="warn">
          {LONG}
        </Note>
      </div>
    ),
    shows: "It could not be read",
  },
  "steps and folds": {
    draw: () => (
      <div className="pad stack">
        <Steps
          steps={(["done", "now", "next", "fail"] as const).map((state) => {
            return { key: state, name: `${state} ${LONG}`, under: "7 s", state, weight: 1 };
          })}
        />
        <Fold title="More" count={3}>
          {LONG}
        </Fold>
        <Tabs label="Views" value="one" choices={choices} onPick={nothing}>
          <p className="pad">{LONG}</p>
        </Tabs>
      </div>
    ),
    shows: "More",
  },
  "a sheet for production": {
    draw: () => (
      <Sheet
        icon="box"
        title={<span className="cut">{LONG}</span>}
        hint={LONG}
        environment="production"
        onClose={nothing}
        bar={<ConfirmField parts={["Type ", "beijing"]} label="Cluster name" wanted="beijing" typed="bei" onType={nothing} />}
        foot={<Button look="prod">Go</Button>}
      >
        <p className="pad">{LONG}</p>
      </Sheet>
    ),
    shows: "Go",
  },
};
