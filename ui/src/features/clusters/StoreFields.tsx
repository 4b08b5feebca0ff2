/** The stores of a connection: one for every cluster, or one for each. */
import type { StoreKind } from "../../ipc/generated/contract";
import { Button, IconButton, Segmented, Select, TextField } from "../../parts";
import { useWords } from "../../strings";
import { emptyStore, type StoreForm } from "./draft";

interface Props {
  stores: StoreForm[];
  regions: string[];
  onChange: (stores: StoreForm[]) => void;
}

export function StoreFields({ stores, regions, onChange }: Props) {
  const words = useWords();
  const nextKey = Math.max(0, ...stores.map((store) => store.key)) + 1;
  return (
    <div className="form fold-form">
      <p className="small t3">{words.connect.storesHint}</p>
      {stores.map((store) => (
        <OneStore
          key={store.key}
          store={store}
          regions={regions}
          onChange={(changed) => onChange(stores.map((one) => (one.key === store.key ? changed : one)))}
          onRemove={() => onChange(stores.filter((one) => one.key !== store.key))}
        />
      ))}
      <Button size="small" icon="plus" onClick={() => onChange([...stores, emptyStore(nextKey)])}>
        {words.connect.addStore}
      </Button>
    </div>
  );
}

interface OneProps {
  store: StoreForm;
  regions: string[];
  onChange: (store: StoreForm) => void;
  onRemove: () => void;
}

function OneStore({ store, regions, onChange, onRemove }: OneProps) {
  const words = useWords();
  const say = words.connect;
  const known =
    store.cluster_region !== "" && !regions.includes(store.cluster_region) ? [...regions, store.cluster_region] : regions;
  return (
    <fieldset className="store-fields">
      <div className="store-head">
        <Select
          label={say.storeOf}
          value={store.cluster_region}
          options={[{ value: "", label: say.everyCluster }, ...known.map((region) => ({ value: region, label: region }))]}
          onPick={(cluster_region) => onChange({ ...store, cluster_region })}
        />
        <Segmented<StoreKind>
          label={say.storeKind}
          value={store.kind}
          choices={[
            { value: "s3", label: "S3" },
            { value: "oss", label: "OSS" },
          ]}
          onPick={(kind) => onChange({ ...store, kind })}
        />
        <IconButton icon="close" size="small" label={say.removeStore} onClick={onRemove} />
      </div>
      <TextField
        label={say.endpoint}
        value={store.endpoint}
        mono
        placeholder="http://10.8.0.20:9000"
        onText={(endpoint) => onChange({ ...store, endpoint })}
      />
      <div className="two">
        <TextField label={say.bucket} value={store.bucket} onText={(bucket) => onChange({ ...store, bucket })} />
        <TextField
          label={say.region}
          value={store.region}
          placeholder="us-east-1"
          onText={(region) => onChange({ ...store, region })}
        />
      </div>
      <div className="two">
        <TextField label={say.accessKey} value={store.access_key} onText={(access_key) => onChange({ ...store, access_key })} />
        <TextField
          label={say.secretKey}
          type="password"
          value={store.secret_key}
          autoComplete="new-password"
          placeholder={store.access_key ? say.passwordKept : ""}
          onText={(secret_key) => onChange({ ...store, secret_key })}
        />
      </div>
    </fieldset>
  );
}
