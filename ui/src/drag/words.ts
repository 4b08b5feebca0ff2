/** What a place says about what hangs over it. Pure. */

import type { IconName } from "../parts";
import type { Words } from "../strings";
import { bytes, versionTime } from "../strings/format";
import type { Payload, Target, Verdict } from "./types";

export function payloadName(payload: Payload, words: Words): string {
  switch (payload.kind) {
    case "backup":
      return payload.backup.app_name;
    case "app":
      return payload.app.name;
    case "file":
      return payload.file.bundle?.app_name || payload.file.name;
    case "desktop":
      return payload.paths.length === 1 ? fileName(payload.paths[0] ?? "") : words.drag.files(payload.paths.length);
  }
}

export function payloadTime(payload: Payload): string {
  if (payload.kind === "backup") return payload.backup.created;
  if (payload.kind === "file" && payload.file.bundle) return versionTime(payload.file.bundle.version);
  return "";
}

export function payloadBytes(payload: Payload): number | null {
  if (payload.kind === "backup") return payload.backup.size_bytes;
  return payload.kind === "file" ? payload.file.size_bytes : null;
}

export const fileName = (path: string): string => path.split(/[/\\]/).pop() ?? path;

export interface Saying {
  icon: IconName;
  title: string;
  hint: string;
}

export function sayVerdict(payload: Payload, target: Target, verdict: Verdict, words: Words): Saying {
  if (verdict.kind === "no") {
    const { why, remedy } = words.refusal[verdict.why];
    return { icon: "no", title: why, hint: remedy };
  }
  const counted = payloadBytes(payload);
  const size =
    payload.kind === "app" ? words.drag.backedUpFirst : counted === null ? payloadName(payload, words) : bytes(counted);
  if (target.kind === "library") {
    if (verdict.verb === "open") return { icon: "bundle", title: words.drag.open, hint: words.drag.openHint };
    return { icon: "download", title: words.drag.export, hint: words.drag.exportHint(size, bytes(target.freeBytes)) };
  }
  if (target.kind === "console") return { icon: "no", title: words.refusal.offline.why, hint: words.refusal.offline.remedy };
  const place = words.common.place(target.cluster.name, target.teamAlias);
  const into = target.app ? words.drag.migrateIntoApp(target.app.name) : null;
  if (verdict.verb === "import")
    return { icon: "right", title: words.drag.import(place), hint: into ?? words.drag.importHint(size) };
  return { icon: "right", title: words.drag.migrate(place), hint: into ?? words.drag.migrateHint(size) };
}
