/** The files of a package as people look at them: what each is, whose it is, the largest first. Pure. */
import type { MemberView, PackageComponent } from "../../ipc/generated/contract";

export type FileSort = "image" | "data" | "metadata" | "other";

export interface PackageFile {
  /** In the package. */
  name: string;
  /** Its last part. */
  short: string;
  sort: FileSort;
  /** The component it belongs to; empty where it is the app's. */
  component: string;
  size: number;
  packed: number;
}

export function packageFiles(members: MemberView[], components: PackageComponent[]): PackageFile[] {
  const names = new Map(components.map((one) => [one.id, one.name]));
  return members
    .filter((member) => !member.name.endsWith("/"))
    .map((member) => {
      const [, kind = "", id = ""] = /(?:^|\/)(app|data)_([^/]+)\//.exec(member.name) ?? [];
      const short = member.name.split("/").at(-1) ?? member.name;
      return {
        name: member.name,
        short,
        sort: sortOf(kind, short),
        component: names.get(id) ?? "",
        size: member.size_bytes,
        packed: member.compressed_bytes,
      };
    })
    .sort((a, b) => b.size - a.size || a.name.localeCompare(b.name));
}

function sortOf(folder: string, short: string): FileSort {
  if (folder === "data") return "data";
  if (folder === "app") return "image";
  return short.endsWith(".json") ? "metadata" : "other";
}
