/** Whether volume data is inside a backup: a shape and a word. */
import type { DataSign as Sign } from "../ipc/generated/contract";
import { useWords } from "../strings";
import { Icon, type IconName } from "./Icon";

const LOOKS: Record<Sign, { icon: IconName | null; tone: string }> = {
  unknown: { icon: null, tone: "t3" },
  no_volumes: { icon: "minus", tone: "t3" },
  whole: { icon: "hasData", tone: "" },
  partly: { icon: "data", tone: "warn" },
  absent: { icon: "noData", tone: "warn" },
};

export function DataSign({ sign }: { sign: Sign }) {
  const words = useWords();
  const { icon, tone } = LOOKS[sign];
  return (
    <span className={`sign ${tone}`} data-data-sign={sign}>
      {icon && <Icon name={icon} tone={tone} />}
      <span className="cut">{words.official.dataSign[sign]}</span>
    </span>
  );
}
