/** A registry of one's own on the plan's sheet: typed once, kept, chosen; the password leaves the page. */
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { PLAIN_OPTIONS } from "../../../ipc/options";
import { fakePlatform } from "../../../platform/fake/platform";
import { Stage } from "../../../test/states";
import { RegistryChoice } from "./RegistryChoice";

const user = userEvent.setup();

function Shown() {
  const [options, setOptions] = useState(PLAIN_OPTIONS);
  return (
    <>
      <RegistryChoice options={options} onChange={setOptions} />
      <output data-testid="chosen">{options.registry ?? "none"}</output>
    </>
  );
}

test("a registry is typed, kept and chosen; a bad address is said and nothing is chosen", async () => {
  render(
    <Stage language="en" platform={fakePlatform({ scene: "board" })}>
      <Shown />
    </Stage>,
  );
  const group = await screen.findByRole("group", { name: "Registry of your own" });
  await user.type(await within(group).findByLabelText(/^Address/), "team");
  await user.click(within(group).getByRole("button", { name: "Save and try" }));
  expect(await within(group).findByText("Not saved")).toBeDefined();
  expect(screen.getByTestId("chosen").textContent).toBe("none");

  await user.clear(within(group).getByLabelText(/^Address/));
  await user.type(within(group).getByLabelText(/^Address/), "registry.example.com/team");
  await user.type(within(group).getByLabelText(/^User/), "robot");
  await user.type(within(group).getByLabelText(/^Password/), "word");
  expect(within(group).getByLabelText(/^Authority/)).toBeDefined();
  await user.click(within(group).getByRole("checkbox", { name: /^Plain HTTP/ }));
  expect(within(group).queryByLabelText(/^Authority/)).toBeNull();
  await user.click(within(group).getByRole("button", { name: "Save and try" }));
  await waitFor(() => expect(screen.getByTestId("chosen").textContent).toBe("registry.example.com/team"));
  const which = await within(group).findByRole("combobox", { name: "Registry" });
  expect(within(group).queryByLabelText(/^Password/)).toBeNull();
  expect(document.body.innerHTML).not.toContain('value="word"');
  await user.selectOptions(which, "Another one…");
  expect(within(group).getByLabelText(/^Password/)).toHaveProperty("value", "");
});
