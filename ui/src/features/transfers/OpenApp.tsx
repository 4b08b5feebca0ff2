/** Opens the app in its console; where no browser opens, the address is shown to be copied. */
import { useState } from "react";
import type { AppPageView, AppRef } from "../../ipc/generated/contract";
import { Button, CopyButton } from "../../parts";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";

export function OpenApp({ app }: { app: AppRef }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.after;
  const [page, setPage] = useState<AppPageView | null>(null);
  const open = () => act.rpc("open_app", app).then(setPage).catch(act.notice);
  return (
    <>
      {page && (
        <span className="small t2 open-said" role="status" data-app-page={page.url}>
          {page.opened ? (
            say.opened
          ) : (
            <>
              {say.notOpened} <span className="mono">{page.url}</span>
              <CopyButton text={page.url} label={words.common.copy} />
            </>
          )}
        </span>
      )}
      <Button size="large" icon="out" onClick={() => void open()}>
        {say.open}
      </Button>
    </>
  );
}
