/** Says that transfers wait or go slower now, since it is that part of the day. */
import { Icon } from "../../parts";
import { useStore } from "../../state/session";
import { useWords } from "../../strings";
import { isQuiet, timeOf } from "../../strings/clock";
import { rate } from "../../strings/format";

export function QuietNote({ now }: { now: Date }) {
  const words = useWords();
  const quiet = useStore((state) => state.settings.quiet);
  if (!quiet || !isQuiet(quiet, now)) return null;
  const until = timeOf(quiet.to_minute);
  return (
    <span className="small warn pair" role="status" data-quiet={quiet.to_minute}>
      <Icon name="clock" />
      {quiet.limit_bytes_per_sec === null
        ? words.transfers.quietWait(until)
        : words.transfers.quietSlow(rate(quiet.limit_bytes_per_sec), until)}
    </span>
  );
}
