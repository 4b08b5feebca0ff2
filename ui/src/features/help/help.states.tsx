/** The states of the guide. */
import type { ScreenStates } from "../../test/states";
import { HelpSheet } from "./HelpSheet";

export const states: ScreenStates = {
  guide: { draw: () => <HelpSheet at={{ topic: "migrate", code: null }} />, shows: "Read the plan" },
  codes: { draw: () => <HelpSheet at={{ topic: "trouble", code: null }} />, shows: "store_denied" },
  "one code": { draw: () => <HelpSheet at={{ topic: "trouble", code: "tls_failed" }} />, shows: "The secure connection failed" },
};
