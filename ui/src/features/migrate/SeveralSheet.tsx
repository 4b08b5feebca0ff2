/** Backs up several apps of a team from one sheet: one plan for each, one button for all that may start. */

import { useMemo, useState } from "react";
import type { AppId, ClusterId, Problem, TeamName } from "../../ipc/generated/contract";
import { PLAIN_OPTIONS } from "../../ipc/options";
import { Button, ConfirmField, EnvTag, ProblemNote, Sheet, Spinner, useAnswer } from "../../parts";
import { clusterById, teamAlias } from "../../state/board";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { BackupOptions } from "./options/BackupOptions";
import { SeveralApps } from "./SeveralApps";
import { confirmOf, readyPlans } from "./several";

const NO_APPS: never[] = [];

export function SeveralSheet({
  cluster: id,
  team,
  chosen: first,
}: {
  cluster: ClusterId;
  team: TeamName;
  chosen: AppId[] | null;
}) {
  const words = useWords();
  const act = useAct();
  const say = words.official.several;
  const cluster = useStore((state) => clusterById(state.consoles, id));
  const all = useStore((state) => state.columns[id]?.view?.apps ?? NO_APPS);
  const apps = useMemo(() => all.filter((app) => app.state !== "deleted"), [all]);
  const [options, setOptions] = useState({ ...PLAIN_OPTIONS });
  const [chosen, setChosen] = useState<ReadonlySet<AppId>>(
    () => new Set(first ?? apps.filter((app) => app.component_count > 0).map((app) => app.id)),
  );
  const [typed, setTyped] = useState("");
  const [starting, setStarting] = useState(false);
  const [refused, setRefused] = useState<Problem[]>([]);
  const wanted = apps.filter((app) => chosen.has(app.id)).map((app) => app.id);
  // The note changes no check: it is put in when the button is pressed, so that typing it asks nothing again.
  const judged = { ...options, note: options.note.trim() === "" ? "" : "…" };
  const ask = { cluster: id, team, apps: wanted, options: judged };
  const { answer, problem, busy } = useAnswer(wanted.length > 0 ? JSON.stringify(ask) : null, () =>
    act.rpc("plan_selection", ask),
  );
  if (!cluster) return null;
  const ready = readyPlans(answer ?? []);
  const needs = confirmOf(ready);
  const isConfirmed = needs === null || typed.trim() === needs;
  const skipped = (answer?.length ?? 0) - ready.length;
  const lacksNote = options.note.trim() === "";
  const why =
    wanted.length === 0
      ? say.noneChosen
      : lacksNote
        ? say.writeNote
        : answer && ready.length === 0
          ? say.noneReady
          : !isConfirmed
            ? words.plan.typeName
            : skipped > 0
              ? say.skipped(skipped)
              : "";

  const start = async () => {
    setStarting(true);
    setRefused([]);
    try {
      const rows = await act.rpc("plan_selection", { ...ask, options });
      const failed = await act.startPlans(
        readyPlans(rows).map((plan) => plan.id),
        typed.trim(),
      );
      setRefused(failed);
    } catch (failure) {
      act.notice(failure);
    } finally {
      setStarting(false);
    }
  };

  return (
    <Sheet
      icon="box"
      environment={cluster.environment}
      title={
        <>
          <span className="cut">{say.title(words.common.place(cluster.name, teamAlias(cluster, team)))}</span>
          <EnvTag environment={cluster.environment} />
        </>
      }
      hint={say.hint}
      onClose={act.closeSheet}
      bar={
        <>
          {refused.length > 0 && (
            <div className="sheet-note">
              {refused.map((one) => (
                <ProblemNote key={one.code + one.message} problem={one} title={say.notStarted(refused.length)} />
              ))}
            </div>
          )}
          {needs !== null && (
            <ConfirmField
              parts={words.plan.confirm(needs)}
              label={words.plan.confirmLabel}
              wanted={needs}
              typed={typed}
              onType={setTyped}
            />
          )}
        </>
      }
      foot={
        <>
          {busy && (
            <span className="small t2 pair" role="status">
              <Spinner />
              {say.planning}
            </span>
          )}
          <span className="grow" />
          {why && <span className="small t2">{why}</span>}
          <Button size="large" onClick={act.closeSheet}>
            {words.common.cancel}
          </Button>
          <Button
            size="large"
            look={cluster.environment === "production" ? "prod" : "primary"}
            disabled={busy || starting || lacksNote || ready.length === 0 || !isConfirmed}
            onClick={() => void start()}
          >
            {starting ? words.plan.starting : say.button(ready.length)}
          </Button>
        </>
      }
    >
      <div className="cols2 plan">
        <BackupOptions options={options} onChange={setOptions} />
        <SeveralApps apps={apps} chosen={chosen} rows={answer ?? []} problem={problem} onChoose={setChosen} />
      </div>
    </Sheet>
  );
}
