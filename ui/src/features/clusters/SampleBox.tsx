/** The sample clusters: where this computer is, and how to put them away. */
import { useState } from "react";
import { Button, Icon, Select } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";

export function SampleBox() {
  const words = useWords();
  const act = useAct();
  const samples = useStore((state) => state.samples);
  const starting = useStore((state) => state.startingSamples);
  const [asking, setAsking] = useState(false);
  if (!samples?.available) return null;
  if (!samples.running) {
    return (
      <button type="button" className="side-item" disabled={starting} onClick={act.startSamples}>
        <Icon name="play" />
        <span className="cut">{starting ? words.side.starting : words.side.startSamples}</span>
      </button>
    );
  }
  return (
    <section className="sample-box" aria-label={words.side.samples}>
      <h3>{words.side.samples}</h3>
      <Select
        label={words.side.siteLabel}
        value={samples.site}
        disabled={starting}
        options={(["office", "factory"] as const).map((site) => ({ value: site, label: words.side.site[site] }))}
        onPick={(site) => act.moveSite(site === "factory" ? "factory" : "office")}
      />
      {asking ? (
        <div className="put-away" role="alert">
          <p className="small t2">{words.side.putAwayHint}</p>
          <div className="pair">
            <Button
              size="small"
              look="prod"
              data-autofocus
              disabled={starting}
              onClick={() => act.stopSamples().then(() => setAsking(false))}
            >
              {words.side.putAwayConfirm}
            </Button>
            <Button size="small" look="quiet" onClick={() => setAsking(false)}>
              {words.common.cancel}
            </Button>
          </div>
        </div>
      ) : (
        <Button
          size="small"
          look="quiet"
          icon="close"
          title={words.side.putAwayHint}
          disabled={starting}
          onClick={() => setAsking(true)}
        >
          {words.side.putAway}
        </Button>
      )}
    </section>
  );
}
