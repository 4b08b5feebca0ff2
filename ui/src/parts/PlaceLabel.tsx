/** Where something is, with the environment's word and colour: `beijing / shop PROD`. */
import type { Place } from "../ipc/generated/contract";
import { useWords, type Words } from "../strings";
import { Cut, EnvTag } from "./basics";

export function placeName(place: Place, words: Words): string {
  switch (place.kind) {
    case "team":
      return words.common.place(place.cluster_name, place.team_alias || place.team);
    case "this_computer":
      return words.common.thisComputer;
    case "object":
      return place.address;
  }
}

/** Only the cluster, or this computer. */
export function shortPlaceName(place: Place, words: Words): string {
  return place.kind === "team" ? place.cluster_name : placeName(place, words);
}

export function PlaceLabel({ place }: { place: Place }) {
  const words = useWords();
  return (
    <span className="place">
      <Cut>{placeName(place, words)}</Cut>
      {place.kind === "team" && <EnvTag environment={place.environment} />}
    </span>
  );
}
