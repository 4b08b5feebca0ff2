/** Which bucket and key a backup is really in, and what lies there. */
import type { BackupPlaceView, ObjectView } from "../../ipc/generated/contract";
import { Button, CopyButton, Fact, Note, ProblemNote, Sheet, useAnswer, Waiting } from "../../parts";
import type { NamedBackup } from "../../state/model";
import { useAct } from "../../state/session";
import { useWords } from "../../strings";
import { bytes } from "../../strings/format";

export function PlaceSheet({ backup }: { backup: NamedBackup }) {
  const words = useWords();
  const act = useAct();
  const say = words.official.place;
  const { answer, problem } = useAnswer(JSON.stringify(backup.ref), () => act.rpc("locate_backup", backup.ref));
  const address = answer?.bucket && answer.key ? `s3://${answer.bucket}/${answer.key}` : null;
  return (
    <Sheet
      icon="search"
      width={720}
      title={say.title(backup.app)}
      hint={`${backup.created} · ${backup.version}`}
      onClose={act.closeSheet}
      foot={
        <>
          {address && <CopyButton text={address} label={say.copyAddress} />}
          <span className="grow" />
          <Button size="large" data-autofocus onClick={act.closeSheet}>
            {words.common.close}
          </Button>
        </>
      }
    >
      {answer ? <Place place={answer} /> : <Waiting busy={say.reading} failed={say.failed} problem={problem} />}
    </Sheet>
  );
}

function Place({ place }: { place: BackupPlaceView }) {
  const words = useWords();
  const say = words.official.place;
  return (
    <div className="pad stack" data-place={place.key ?? ""}>
      {place.problem && <ProblemNote problem={place.problem} />}
      <dl className="pairs">
        {place.endpoint && (
          <>
            <dt>{say.store}</dt>
            <dd className="mono break">{place.endpoint}</dd>
          </>
        )}
        <dt>{say.bucket}</dt>
        <dd className="mono break">{place.bucket ?? say.noStore}</dd>
        {place.key && (
          <>
            <dt>{say.key}</dt>
            <dd className="mono break">{place.key}</dd>
          </>
        )}
      </dl>
      {place.key && !place.problem && (
        <div>
          <h2 className="heading">{say.there}</h2>
          {place.objects.length === 0 ? (
            <Note tone="warn" icon="warn">
              <b>{say.nothing}</b>
              <p>{say.nothingHint}</p>
            </Note>
          ) : (
            <Objects list={place.objects} found />
          )}
        </div>
      )}
      {place.elsewhere.length > 0 && (
        <div>
          <h2 className="heading">{say.elsewhere}</h2>
          <p className="small t3">{say.elsewhereHint}</p>
          <Objects list={place.elsewhere} found={false} />
        </div>
      )}
    </div>
  );
}

export function Objects({ list, found }: { list: ObjectView[]; found: boolean }) {
  const words = useWords();
  return (
    <div className="objects">
      {list.map((one) => (
        <Fact
          key={`${one.bucket} ${one.key}`}
          icon={one.is_metadata ? "bundle" : found ? "box" : "warn"}
          tone={found ? "" : "warn"}
          hint={[bytes(one.size_bytes), one.is_metadata ? words.official.place.metadata : ""].filter(Boolean).join(" · ")}
        >
          <span className="mono break">{`${one.bucket}/${one.key}`}</span>
        </Fact>
      ))}
    </div>
  );
}
