/** The plan of a migration, import, export or backup. Opened by every drop; nothing happens before its button. */
import { useState } from "react";
import { asProblem } from "../../ipc/client";
import type { PlanRequest, PlanView, Problem } from "../../ipc/generated/contract";
import { Button, cx, EnvTag, type IconName, PassphraseForm, ProblemNote, Sheet, Spinner, shortPlaceName } from "../../parts";
import { useAct } from "../../state/session";
import { useWords, type Words } from "../../strings";
import { Checks } from "./Checks";
import { ConfirmBar, isConfirmed } from "./ConfirmBar";
import { BackupOptions } from "./options/BackupOptions";
import { EncryptionOption, lacksPassphrase, NO_PASSPHRASE } from "./options/EncryptionOption";
import { PlanOptions } from "./options/PlanOptions";
import { Forecast, Outcome } from "./PlanParts";
import { usePlan } from "./usePlan";

const ICONS: Record<PlanView["kind"], IconName> = {
  migrate: "lane",
  import: "lane",
  export: "download",
  backup: "box",
  restore: "retry",
};

export function PlanSheet({ request: first }: { request: PlanRequest }) {
  const words = useWords();
  const act = useAct();
  const [options, setOptions] = useState(first.options);
  const [typed, setTyped] = useState("");
  const [passphrase, setPassphrase] = useState(NO_PASSPHRASE);
  const [starting, setStarting] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const request = { ...first, options };
  const { plan, problem, busy, again } = usePlan(request);
  const isBackup = first.target.kind === "backup";

  const start = async (ready: PlanView) => {
    setStarting(true);
    setRefused(null);
    try {
      await act.startPlan(ready.id, typed.trim(), ready.encryption?.on ? passphrase.first : null);
    } catch (failure) {
      const said = asProblem(failure);
      setRefused(said);
      setStarting(false);
      if (said.code === "plan_stale" || said.code === "plan_blocked") again();
    }
  };

  const environment = plan?.target.kind === "team" ? plan.target.environment : null;
  const lacksNote = isBackup && options.note.trim() === "";
  return (
    <Sheet
      icon={plan ? ICONS[plan.kind] : "lane"}
      environment={environment}
      title={
        plan ? (
          <>
            <span className="cut">{planTitle(plan, words)}</span>
            {environment && <EnvTag environment={environment} />}
          </>
        ) : (
          words.plan.plan
        )
      }
      hint={words.plan.nothingYet}
      onClose={act.closeSheet}
      bar={
        <>
          {refused && (
            <div className="sheet-note">
              <ProblemNote problem={refused} title={words.plan.notStarted} />
            </div>
          )}
          {plan?.confirm && <ConfirmBar cluster={plan.confirm} typed={typed} onType={setTyped} />}
        </>
      }
      foot={
        <Foot
          plan={plan}
          problem={problem}
          busy={busy || starting}
          starting={starting}
          typed={typed}
          lacksNote={lacksNote}
          lacks={plan ? lacksPassphrase(plan, passphrase, words) : ""}
          onAgain={again}
          onStart={start}
        />
      }
    >
      {plan ? (
        <div className={cx("cols2 plan", busy && "stale")} aria-busy={busy} data-plan-kind={plan.kind}>
          <div>
            {isBackup && <BackupOptions options={options} onChange={setOptions} />}
            <Forecast plan={plan} />
            <Outcome plan={plan} />
            <PlanOptions options={options} plan={plan} onChange={setOptions} />
            <EncryptionOption options={options} plan={plan} onChange={setOptions} typed={passphrase} onType={setPassphrase} />
          </div>
          <Checks checks={plan.checks} busy={busy} />
        </div>
      ) : problem?.code === "passphrase_missing" && first.source.kind === "file" ? (
        <Locked path={first.source.path} onOpened={again} />
      ) : problem ? (
        <div className="pad">
          <ProblemNote problem={problem} title={words.plan.failed} />
        </div>
      ) : (
        <div className="blank making" role="status">
          <Spinner />
          <b>{words.plan.making}</b>
          <span>{words.plan.makingHint}</span>
        </div>
      )}
    </Sheet>
  );
}

/** The plan of an encrypted bundle cannot be made before it is opened. */
function Locked({ path, onOpened }: { path: string; onOpened: () => void }) {
  const words = useWords();
  const act = useAct();
  const open = async (passphrase: string) => {
    await act.unlock(path, passphrase);
    onOpened();
  };
  return (
    <div className="pad">
      <PassphraseForm hint={words.passphrase.openHint} button={words.passphrase.open} onGive={open} />
    </div>
  );
}

export function planTitle(plan: PlanView, words: Words): string {
  const target = shortPlaceName(plan.target, words);
  switch (plan.kind) {
    case "migrate":
      return words.plan.titleMigrate(plan.source_app, target);
    case "import":
      return words.plan.titleImport(plan.source_app, target);
    case "export":
      return words.plan.titleExport(plan.source_app);
    case "backup":
      return words.plan.titleBackup(plan.source_app, target);
    case "restore": {
      const { target: to } = plan.request;
      if (to.kind !== "restore") return words.plan.titleRestore(plan.source_app, target);
      const say = words.official.restore;
      return to.manner === "in_place" ? say.titleInPlace(plan.source_app, target) : say.titleBeside(plan.source_app, target);
    }
  }
}

/** The verb and the target, with the environment's word where it is production. */
export function buttonWords(plan: PlanView, words: Words): string {
  if (plan.kind === "export") return words.plan.export;
  const name = shortPlaceName(plan.target, words);
  const isProduction = plan.target.kind === "team" && plan.target.environment === "production";
  return words.plan[plan.kind](isProduction ? words.plan.withTag(name, words.environment.production) : name);
}

interface FootProps {
  plan: PlanView | null;
  problem: Problem | null;
  busy: boolean;
  starting: boolean;
  typed: string;
  lacksNote: boolean;
  /** Why a passphrase is still wanted. */
  lacks: string;
  onAgain: () => void;
  onStart: (plan: PlanView) => void;
}

function Foot({ plan, problem, busy, starting, typed, lacksNote, lacks, onAgain, onStart }: FootProps) {
  const words = useWords();
  const act = useAct();
  const blocks = plan?.checks.filter((check) => check.level === "block").length ?? 0;
  const confirmed = plan !== null && isConfirmed(plan, typed);
  const isProduction = plan?.target.kind === "team" && plan.target.environment === "production";
  const why =
    !plan || starting
      ? ""
      : blocks > 0
        ? words.plan.fixFirst(blocks)
        : lacksNote
          ? words.plan.writeNote
          : lacks !== ""
            ? lacks
            : confirmed
              ? ""
              : words.plan.typeName;
  return (
    <>
      {busy && plan && (
        <span className="small t2 pair" role="status">
          <Spinner />
          {starting ? words.plan.starting : words.plan.updating}
        </span>
      )}
      {(problem || (plan && !busy)) && (
        <Button look="quiet" icon="retry" onClick={onAgain}>
          {words.plan.planAgain}
        </Button>
      )}
      <span className="grow" />
      {why && <span className={cx("small", blocks > 0 ? "bad" : "t2")}>{why}</span>}
      <Button size="large" data-autofocus onClick={act.closeSheet}>
        {words.common.cancel}
      </Button>
      {plan && (
        <Button
          size="large"
          look={isProduction ? "prod" : "primary"}
          disabled={busy || blocks > 0 || lacksNote || lacks !== "" || !confirmed}
          data-plan-blocks={blocks}
          onClick={() => onStart(plan)}
        >
          {buttonWords(plan, words)}
        </Button>
      )}
    </>
  );
}
