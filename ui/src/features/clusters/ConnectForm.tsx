/** The fields of a connection. Secrets are never prefilled. */
import type { Environment, Kept } from "../../ipc/generated/contract";
import { Checkbox, EnvTag, Icon, RadioCards, TextArea, TextField } from "../../parts";
import { useWords } from "../../strings";
import { type ConsoleForm, nameFromUrl } from "./draft";
import { StoreFields } from "./StoreFields";

export interface ConnectFormProps {
  form: ConsoleForm;
  /** What is kept for this connection now; none for a new one. */
  passwordKept: Kept | null;
  /** Where a secret would go. */
  goesTo: Kept;
  regions: string[];
  onChange: (form: ConsoleForm) => void;
}

const ENVIRONMENTS: Environment[] = ["production", "staging", "test"];

export function ConnectForm({ form, passwordKept, goesTo, regions, onChange }: ConnectFormProps) {
  const words = useWords();
  const say = words.connect;
  const isKept = passwordKept !== null && passwordKept !== "no";
  const setUrl = (url: string) => {
    const followed = form.name === nameFromUrl(form.url);
    onChange({ ...form, url, name: followed ? nameFromUrl(url) : form.name });
  };
  return (
    <div className="pad form connect-form">
      <TextField
        label={say.address}
        value={form.url}
        placeholder={say.addressPlaceholder}
        inputMode="url"
        mono
        data-autofocus
        onText={setUrl}
      />
      <div className="two">
        <TextField label={say.user} value={form.user} onText={(user) => onChange({ ...form, user })} />
        <TextField
          label={say.password}
          type="password"
          value={form.password}
          placeholder={isKept ? say.passwordKept : ""}
          autoComplete="new-password"
          onText={(password) => onChange({ ...form, password })}
        />
      </div>
      <p className="form-note small t3">
        <Icon name="lock" />
        <span>{words.kept[goesTo]}</span>
      </p>
      <RadioCards<Environment>
        legend={say.environment}
        columns={3}
        value={form.environment}
        choices={ENVIRONMENTS.map((environment) => ({
          value: environment,
          label: <EnvTag environment={environment} />,
          hint: say.envHint[environment],
        }))}
        onPick={(environment) => onChange({ ...form, environment })}
      />
      <div className="two">
        <TextField label={say.name} value={form.name} onText={(name) => onChange({ ...form, name })} />
        <TextField label={say.group} value={form.group} onText={(group) => onChange({ ...form, group })} />
      </div>
      <Checkbox checked={form.read_only} onCheck={(read_only) => onChange({ ...form, read_only })}>
        {say.readOnly}
      </Checkbox>
      <details className="form-fold" open={form.stores.length > 0}>
        <summary className="fold">
          <Icon name="chevron" />
          <span>{say.stores}</span>
          {form.stores.length > 0 && <span className="count">{form.stores.length}</span>}
        </summary>
        <StoreFields stores={form.stores} regions={regions} onChange={(stores) => onChange({ ...form, stores })} />
      </details>
      <details className="form-fold">
        <summary className="fold">
          <Icon name="chevron" />
          <span>{say.moreSettings}</span>
        </summary>
        <div className="form fold-form">
          <TextArea
            label={say.certificate}
            value={form.ca_pem}
            mono
            rows={4}
            placeholder="-----BEGIN CERTIFICATE-----"
            onText={(ca_pem) => onChange({ ...form, ca_pem })}
          />
          <p className="small t3">{say.certificateHint}</p>
          <TextField
            label={say.fingerprint}
            value={form.fingerprint}
            mono
            onText={(fingerprint) => onChange({ ...form, fingerprint })}
          />
          <p className="small t3">{say.fingerprintHint}</p>
          <TextArea label={say.notes} value={form.notes} rows={2} onText={(notes) => onChange({ ...form, notes })} />
        </div>
      </details>
    </div>
  );
}
