/** What the core says of a version, for the made-up world. */
import type { EraView, LineCode } from "../../ipc/generated/contract";
import { line } from "./plans";

const ABILITIES: LineCode[] = ["ability_backup", "ability_tickets", "ability_restore"];

export function eraOf(version: string): EraView {
  const v6 = version.startsWith("v6");
  const lacks: [LineCode, LineCode] = v6
    ? ["ability_unpack_data", "why_data_unpacked_wrongly"]
    : ["ability_routes", "why_no_routes"];
  return {
    era: v6 ? "E6" : "E3",
    version,
    console_version: version,
    certainty: "said",
    can: ABILITIES.map((code) => line(code)),
    cannot: [{ what: line(lacks[0]), why: line(lacks[1]) }],
  };
}
