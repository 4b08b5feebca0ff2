/** First run: three doors, of which the sample clusters need nothing. */
import { type ReactNode, useEffect } from "react";
import { Cut, cx, Icon, type IconName, Mark, Spinner } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { HarbourArt } from "./HarbourArt";

export function Welcome({ switches, children }: { switches: ReactNode; children: ReactNode }) {
  const words = useWords();
  const act = useAct();
  const kept = useStore((state) => state.about?.secrets ?? "keyring");
  const samples = useStore((state) => state.samples);
  const starting = useStore((state) => state.startingSamples);
  const sheet = useStore((state) => state.sheet);
  const { startSamples, chooseFile, openSheet } = act;
  const canSample = samples?.available ?? false;

  useEffect(() => {
    const doors: Record<string, () => void> = { "1": () => openSheet({ kind: "console", id: null }), "2": chooseFile };
    if (canSample && !starting) doors["3"] = startSamples;
    const onKey = (event: KeyboardEvent) => {
      if (!sheet && !event.ctrlKey && !event.metaKey && !event.altKey) doors[event.key]?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [openSheet, chooseFile, startSamples, canSample, starting, sheet]);

  return (
    <>
      <header className="top">
        <div className="brand">
          <Mark />
          <span>{words.name}</span>
        </div>
        <span className="grow" />
        {switches}
      </header>
      <main className="hello">
        <section className="hello-left">
          <h1>
            {words.welcome.headline.map((line) => (
              <span key={line}>{line}</span>
            ))}
          </h1>
          <ul>
            {words.welcome.promises.map(([title, text]) => (
              <li className="fact-line" key={title}>
                <Icon name="tick" tone="acc" />
                <span>
                  {title}
                  <br />
                  <span className="t3">{text}</span>
                </span>
              </li>
            ))}
          </ul>
          <HarbourArt />
        </section>
        <section className="hello-right">
          <h2>{words.welcome.start}</h2>
          <Door
            sign="1"
            icon="cluster"
            title={words.welcome.add}
            text={words.welcome.addHint}
            onOpen={() => openSheet({ kind: "console", id: null })}
          />
          <Door sign="2" icon="bundle" title={words.welcome.open} text={words.welcome.openHint} onOpen={chooseFile} />
          {canSample && (
            <Door
              sign="3"
              icon="play"
              isBest
              title={words.welcome.samples}
              text={words.welcome.samplesHint}
              onOpen={startSamples}
              busy={starting}
            >
              {starting ? (
                <p className="tour-wait" role="status">
                  <Spinner />
                  <span>
                    {words.welcome.starting} <span className="t3">{words.welcome.firstTime}</span>
                  </span>
                </p>
              ) : (
                <ol className="tour">
                  {words.welcome.tour.map((step, index) => (
                    <li key={step}>
                      <b>{index + 1}</b>
                      {step}
                    </li>
                  ))}
                </ol>
              )}
            </Door>
          )}
          {children}
          <p className="hello-secrets small t3">
            <Icon name="lock" />
            <span>{words.welcome.secrets[kept]}</span>
          </p>
        </section>
      </main>
    </>
  );
}

interface DoorProps {
  sign: string;
  icon: IconName;
  title: string;
  text: string;
  isBest?: boolean;
  busy?: boolean;
  onOpen: () => void;
  children?: ReactNode;
}

function Door({ sign, icon, title, text, isBest, busy, onOpen, children }: DoorProps) {
  return (
    <div className={cx("door", isBest && "best")}>
      <span className="door-sign">
        <Icon name={icon} />
      </span>
      <div>
        <button type="button" className="door-button" disabled={busy} onClick={onOpen}>
          <Cut>{title}</Cut>
        </button>
        <p>{text}</p>
      </div>
      <kbd>{sign}</kbd>
      {children}
    </div>
  );
}
