/** The form of a connection, and how it becomes what the core takes. Pure. */
import type { ConsoleDraft, ConsoleView, StoreDraft } from "../../ipc/generated/contract";

export interface StoreForm extends Omit<StoreDraft, "secret_key"> {
  key: number;
  secret_key: string;
}

export interface ConsoleForm extends Omit<ConsoleDraft, "password" | "ca_pem" | "fingerprint" | "stores"> {
  password: string;
  ca_pem: string;
  fingerprint: string;
  stores: StoreForm[];
}

export const EMPTY_FORM: ConsoleForm = {
  id: null,
  name: "",
  url: "",
  user: "",
  password: "",
  environment: "test",
  read_only: false,
  group: "",
  notes: "",
  ca_pem: "",
  fingerprint: "",
  stores: [],
};

/** Of an address that a link named: nothing else of it is known. */
export const newForm = (url = ""): ConsoleForm => ({ ...EMPTY_FORM, url, name: nameFromUrl(url) });

export function emptyStore(key: number): StoreForm {
  return { key, cluster_region: "", kind: "s3", endpoint: "", bucket: "", region: "", access_key: "", secret_key: "" };
}

/** Secrets are never shown: their fields start empty, and empty means “as kept”. */
export function formOf(console: ConsoleView): ConsoleForm {
  const { id, name, url, user, environment, read_only, group, notes } = console;
  const stores = console.clusters.flatMap((cluster, key): StoreForm[] => {
    const store = cluster.store;
    if (!store || store.from_console) return [];
    const { kind, endpoint, bucket, region, access_key } = store;
    return [{ key, cluster_region: cluster.region, kind, endpoint, bucket, region, access_key, secret_key: "" }];
  });
  const trust = { ca_pem: console.ca_pem ?? "", fingerprint: console.fingerprint ?? "" };
  return { id, name, url, user, password: "", environment, read_only, group, notes, ...trust, stores };
}

export function draftOf(form: ConsoleForm, knowsStores: boolean): ConsoleDraft {
  const { password, ca_pem, fingerprint, stores, ...rest } = form;
  const drafts = stores.map(
    ({ key: _key, secret_key, ...store }): StoreDraft => ({ ...store, secret_key: secret_key === "" ? null : secret_key }),
  );
  return {
    ...rest,
    name: form.name.trim(),
    url: form.url.trim(),
    user: form.user.trim(),
    password: password === "" ? null : password,
    ca_pem: ca_pem.trim() === "" ? null : ca_pem,
    fingerprint: fingerprint.trim() === "" ? null : fingerprint.trim(),
    stores: drafts.length === 0 && !knowsStores ? null : drafts,
  };
}

export const isComplete = (form: ConsoleForm): boolean =>
  form.name.trim() !== "" && form.url.trim() !== "" && form.user.trim() !== "";

/** The host of an address, as a first idea for a name. */
export function nameFromUrl(url: string): string {
  const host = /^[a-z]+:\/\/([^/:]+)/i.exec(url.trim())?.[1] ?? "";
  return /^[\d.]+$/.test(host) ? host : (host.split(".").find((part) => !["www", "console", "rainbond"].includes(part)) ?? "");
}
