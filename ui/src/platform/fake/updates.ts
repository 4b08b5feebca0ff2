/** A made-up publisher: whoever is asked has 9.9.9, but for an address that ends in `none`. */
import type { Settings, UpdateView } from "../../ipc/generated/contract";
import type { AnswerOf, RequestOf } from "../types";
import { problemOf } from "./plans";

type Name = "get_updates" | "check_update" | "fetch_update" | "stop_fetch" | "open_update" | "install_update";
type UpdateAnswers = { [N in Name]: (request: RequestOf<N>) => AnswerOf<N> };

export function updateAnswers(settings: () => Settings): UpdateAnswers {
  const announced: UpdateView = { version: "9.9.9", notes: "Quicker", proven: null };
  const proven: UpdateView = { version: "9.9.9", notes: null, proven: "Rainferry_9.9.9_amd64.deb" };
  return {
    get_updates: () => ({ taken: true, found: null }),
    check_update: () => {
      const address = settings().update_endpoint ?? "";
      if (!address.startsWith("https:")) throw problemOf("bad_address", `${address} is not asked for updates: it is not https`);
      return address.endsWith("none") ? null : announced;
    },
    fetch_update: () => proven,
    stop_fetch: () => null,
    open_update: () => proven,
    install_update: (version) => ({ version, restarts: false }),
  };
}
