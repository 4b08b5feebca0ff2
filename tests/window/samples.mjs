/**
 * What a person does with the sample clusters, as several tests and the picture show need it.
 */
import { until } from "./driver.mjs";

/** The newest backup of an app in a column, by what the page says of it. */
export async function newestBackup(window, column, app) {
  const found = await window.read(
    `const cards = [...arguments[0].querySelectorAll("[data-backup-version]")].filter((c) => c.dataset.appName === arguments[1]);
     cards.sort((a, b) => b.dataset.backupVersion.localeCompare(a.dataset.backupVersion));
     return cards[0] ?? null;`,
    column,
    app,
  );
  return found;
}

/** The state of the newest job of a kind, as its row shows it. */
export function jobState(window) {
  return window.read(`return document.querySelector("[data-job-state]")?.dataset.jobState ?? null`);
}

export async function jobEnds(window, state = "done", seconds = 120) {
  return until(`a job to end as ${state}`, async () => {
    const now = await jobState(window);
    if (["done", "failed", "cancelled"].includes(now) && now !== state) throw new Error(`the job ended as ${now}`);
    return now === state;
  }, { seconds });
}
