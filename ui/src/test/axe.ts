/** Asks axe-core what a screen reader, or somebody without a mouse, would stumble over. Colours are looked at in the real window. */
import axe from "axe-core";

/** These are about a whole page; a state of a screen is a part of one. */
const OF_A_PAGE = ["region", "page-has-heading-one", "landmark-one-main", "document-title", "html-has-lang"];

/** A list of a thousand rows says nothing that one of ten does not. */
const MOST = 3000;

export async function findings(root: Element): Promise<string[]> {
  if (root.querySelectorAll("*").length > MOST) return [];
  const off = Object.fromEntries([...OF_A_PAGE, "color-contrast"].map((id) => [id, { enabled: false }]));
  const { violations } = await axe.run(root, { rules: off, resultTypes: ["violations"] });
  return violations.map(
    (found) => `${found.impact} ${found.id}: ${found.help}: ${found.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
  );
}
