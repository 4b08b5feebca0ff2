/** The form of a console's object storage: keys are typed only to be changed, and never shown. Pure. */
import type { StorageDraft, StorageView, StoreKind } from "../../ipc/generated/contract";

export interface StorageForm {
  enabled: boolean;
  kind: StoreKind;
  endpoint: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

export function formOf(view: StorageView): StorageForm {
  return {
    enabled: view.is_enabled || !view.is_set,
    kind: view.kind,
    endpoint: view.endpoint,
    bucket: view.bucket,
    accessKey: "",
    secretKey: "",
  };
}

/** What was left empty stays as it is. */
export function draftOf(console: string, form: StorageForm, confirm: string): StorageDraft {
  return {
    console,
    is_enabled: form.enabled,
    kind: form.kind,
    endpoint: form.endpoint.trim(),
    bucket: form.bucket.trim(),
    access_key: form.accessKey.trim() || null,
    secret_key: form.secretKey || null,
    confirm: confirm.trim(),
  };
}

export const isWhole = (form: StorageForm): boolean => form.endpoint.trim() !== "" && form.bucket.trim() !== "";
