/** A small thing that failed and has no place of its own: said once, until dismissed. */
import { IconButton, ProblemNote } from "../parts";
import { useAct, useStore } from "../state/session";
import { useWords } from "../strings";

export function NoticeBar() {
  const words = useWords();
  const act = useAct();
  const notice = useStore((state) => state.notice);
  if (!notice) return null;
  return (
    <div className="notice-bar">
      <ProblemNote problem={notice} />
      <IconButton icon="close" label={words.common.dismiss} onClick={act.dismissNotice} />
    </div>
  );
}
