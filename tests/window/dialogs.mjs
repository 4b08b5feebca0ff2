/** The desktop's own file dialogs: windows that only X knows, answered by typing a path. */
import { execFileSync } from "node:child_process";
import { until } from "./driver.mjs";

const x11 = (...words) => execFileSync("xdotool", words, { encoding: "utf8" }).trim();

/** The window of a dialog by its title, while it is open. */
function dialogNamed(title) {
  try {
    return x11("search", "--onlyvisible", "--name", title.source).split("\n").pop();
  } catch {
    return null;
  }
}

/** Types the path of a file into the dialog of this title, and waits until it has taken it. */
export async function answerDialog(title, file) {
  const dialog = await until(`the dialog ${title.source}`, () => dialogNamed(title));
  x11("windowactivate", "--sync", dialog);
  if (title.source.includes("Save")) x11("key", "ctrl+a");
  x11("type", "--delay", "30", file);
  await until("the dialog to close", async () => {
    if (!dialogNamed(title)) return true;
    x11("key", "Return");
    await new Promise((done) => setTimeout(done, 300));
    return !dialogNamed(title);
  });
}
