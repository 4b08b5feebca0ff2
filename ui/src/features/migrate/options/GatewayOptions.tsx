/** Whether the app's gateway rules are made again, and whether their certificates come along. */
import type { LineCode, PlanOptions, PlanView } from "../../../ipc/generated/contract";
import { HintedCheckbox } from "../../../parts";
import { useWords } from "../../../strings";
import type { OptionProps } from "./PlanOptions";

export function GatewayOptions({ options, plan, onChange }: OptionProps) {
  const say = useWords().official.options;
  if (options.record_only || !hasRules(plan, options)) return null;
  const stays = plan.checks.some((check) => check.line.code === "check_gateway_same_warn");
  const isMade = options.start_after && (options.gateway_rules ?? !stays);
  const hint = !options.start_after ? say.gatewayNeedsStart : stays ? say.gatewaySame : say.gatewayHint;
  const mayCopy = plan.request.source.kind !== "file" && isMade && (options.certificates || says(plan, ABOUT_CERTIFICATES));
  return (
    <>
      <HintedCheckbox
        checked={isMade}
        disabled={!options.start_after}
        hint={hint}
        onCheck={(gateway_rules) => onChange({ ...options, gateway_rules, certificates: gateway_rules && options.certificates })}
      >
        {say.gateway}
      </HintedCheckbox>
      {mayCopy && (
        <HintedCheckbox
          checked={options.certificates}
          hint={say.certificatesHint}
          onCheck={(certificates) => onChange({ ...options, certificates })}
        >
          {say.certificates}
        </HintedCheckbox>
      )}
    </>
  );
}

const ABOUT_RULES: LineCode[] = ["arrives_gateway_rules", "stays_gateway_rules", "loses_domain", "loses_tcp_port"];
const ABOUT_CERTIFICATES: LineCode[] = ["arrives_certificates", "stays_certificates", "loses_certificate"];

function says(plan: PlanView, codes: LineCode[]): boolean {
  return [...plan.arrives, ...plan.stays, ...plan.changes].some((line) => codes.includes(line.code));
}

/** What was chosen before may have taken the lines away that spoke of rules. */
function hasRules(plan: PlanView, options: PlanOptions): boolean {
  return options.gateway_rules !== null || says(plan, ABOUT_RULES) || plan.checks.some((check) => check.id === "gateway");
}
