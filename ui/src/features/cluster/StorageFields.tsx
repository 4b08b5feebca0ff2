/** The fields of a console's object storage. Keys that are set show their first letters at most. */
import type { StorageView, StoreKind } from "../../ipc/generated/contract";
import { Checkbox, Note, ProblemNote, RadioCards, TextField } from "../../parts";
import { useWords } from "../../strings";
import type { StorageForm } from "./storageForm";

interface Props {
  view: StorageView;
  form: StorageForm;
  canSet: boolean;
  onChange: (form: StorageForm) => void;
}

export function StorageFields({ view, form, canSet, onChange }: Props) {
  const words = useWords();
  const say = words.official.storage;
  return (
    <fieldset className="pad form plain-set" disabled={!canSet} aria-label={say.title("")}>
      {view.problem && <ProblemNote problem={view.problem} title={say.readOnly} />}
      {!view.is_set && (
        <Note tone="warn" icon="warn">
          {say.notSet}
        </Note>
      )}
      <Checkbox checked={form.enabled} onCheck={(enabled) => onChange({ ...form, enabled })}>
        {say.enabled}
      </Checkbox>
      <RadioCards<StoreKind>
        legend={say.kind}
        columns={2}
        value={form.kind}
        choices={[
          { value: "s3", label: say.s3 },
          { value: "oss", label: say.oss },
        ]}
        onPick={(kind) => onChange({ ...form, kind })}
      />
      <TextField
        label={say.endpoint}
        mono
        value={form.endpoint}
        placeholder="http://10.8.0.20:9000"
        onText={(endpoint) => onChange({ ...form, endpoint })}
      />
      <TextField label={say.bucket} mono value={form.bucket} onText={(bucket) => onChange({ ...form, bucket })} />
      <div className="two">
        <TextField
          label={say.accessKey}
          mono
          value={form.accessKey}
          placeholder={view.access_key}
          onText={(accessKey) => onChange({ ...form, accessKey })}
        />
        <TextField
          label={say.secretKey}
          type="password"
          value={form.secretKey}
          autoComplete="new-password"
          placeholder={view.has_secret ? "••••••••" : ""}
          onText={(secretKey) => onChange({ ...form, secretKey })}
        />
      </div>
      {(view.access_key || view.has_secret) && <p className="small t3">{say.keep}</p>}
    </fieldset>
  );
}
