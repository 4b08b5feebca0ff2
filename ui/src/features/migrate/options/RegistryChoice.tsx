/** Which registry of one's own images are pushed to: a saved one, or address and login of another. */
import { useState } from "react";
import { asProblem } from "../../../ipc/client";
import type { PlanOptions, Problem, RegistryDraft, RegistryView } from "../../../ipc/generated/contract";
import { Button, Checkbox, ProblemNote, Select, TextArea, TextField, useAnswer } from "../../../parts";
import { useAct } from "../../../state/session";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

interface Props {
  options: PlanOptions;
  onChange: (options: PlanOptions) => void;
}

/** Stands in the list for “another one”; no registry is called so. */
const ANOTHER = "";

/** Where the lane goes through one. */
export function RegistryOption({ options, plan, onChange }: OptionProps) {
  return plan.lane === "registry" ? <RegistryChoice options={options} onChange={onChange} /> : null;
}

export function RegistryChoice({ options, onChange }: Props) {
  const words = useWords();
  const act = useAct();
  const say = words.official.registry;
  const { answer, problem, again } = useAnswer("registries", () => act.rpc("list_registries", null));
  const [editing, setEditing] = useState(false);
  const saved = answer ?? [];
  const chosen = saved.find((one) => one.address === options.registry) ?? null;
  const isForm = answer !== null && (editing || chosen === null);

  const pick = (address: string) => {
    setEditing(address === ANOTHER);
    if (address !== ANOTHER) onChange({ ...options, registry: address });
  };
  const keep = (view: RegistryView) => {
    setEditing(false);
    again();
    onChange({ ...options, registry: view.address });
  };
  return (
    <div className="form registry" role="group" aria-label={say.title} data-registry={chosen?.address ?? ""}>
      <p className="small t3">{say.hint}</p>
      {problem && <ProblemNote problem={problem} title={say.failed} />}
      {saved.length > 0 && (
        <Select
          label={say.which}
          value={isForm ? ANOTHER : (chosen?.address ?? ANOTHER)}
          options={[
            ...saved.map((one) => ({ value: one.address, label: say.saved(one.address, one.user) })),
            { value: ANOTHER, label: say.another },
          ]}
          onPick={pick}
        />
      )}
      {isForm && <RegistryForm onSaved={keep} />}
    </div>
  );
}

const EMPTY: RegistryDraft = { address: "", user: "", password: null, plain_http: false, ca_pem: null };

/** The password leaves the page once, for the keyring. */
function RegistryForm({ onSaved }: { onSaved: (view: RegistryView) => void }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.registry;
  const [draft, setDraft] = useState(EMPTY);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const set = (change: Partial<RegistryDraft>) => setDraft({ ...draft, ...change });

  const save = async () => {
    setBusy(true);
    setRefused(null);
    try {
      const view = await act.rpc("save_registry", draft);
      setDraft(EMPTY);
      onSaved(view);
    } catch (failure) {
      setRefused(asProblem(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <TextField
        label={say.address}
        hint={say.addressHint}
        mono
        value={draft.address}
        placeholder="registry.example.com:5000/team"
        onText={(address) => set({ address })}
      />
      <TextField label={say.user} value={draft.user} onText={(user) => set({ user })} />
      <TextField
        label={say.password}
        type="password"
        value={draft.password ?? ""}
        onText={(password) => set({ password: password === "" ? null : password })}
      />
      <Checkbox checked={draft.plain_http} onCheck={(plain_http) => set({ plain_http })}>
        {say.plain}
        <span className="small t3 under">{say.plainHint}</span>
      </Checkbox>
      {!draft.plain_http && (
        <TextArea
          label={say.authority}
          mono
          rows={3}
          value={draft.ca_pem ?? ""}
          onText={(pem) => set({ ca_pem: pem === "" ? null : pem })}
        />
      )}
      {refused && <ProblemNote problem={refused} title={say.notSaved} />}
      <div>
        <Button disabled={busy || draft.address.trim() === ""} onClick={() => void save()}>
          {say.save}
        </Button>
      </div>
    </>
  );
}
