/** Of the settings: how many jobs move, how fast, and at what time of day. */
import { useState } from "react";
import type { QuietHours } from "../../ipc/generated/contract";
import { HintedCheckbox, Select, TextField } from "../../parts";
import { useAct, useStore } from "../../state/session";
import { useWords } from "../../strings";
import { minuteOf, timeOf } from "../../strings/clock";

const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8];
const STANDARD = 3;
const OFFICE: QuietHours = { from_minute: 9 * 60, to_minute: 18 * 60, limit_bytes_per_sec: null };

export function TransferSettings() {
  const words = useWords();
  const act = useAct();
  const say = words.settings;
  const settings = useStore((state) => state.settings);
  const counts = COUNTS.map((count) => ({ value: String(count), label: String(count) }));
  return (
    <>
      <span>{say.queue}</span>
      <div className="stack">
        <div className="counts">
          <span>{say.atOnce}</span>
          <Select
            label={say.atOnce}
            value={String(settings.jobs_at_once ?? STANDARD)}
            options={counts}
            onPick={(count) => act.saveSettings({ jobs_at_once: Number(count) })}
          />
          <span>{say.perCluster}</span>
          <Select
            label={say.perCluster}
            value={settings.jobs_per_cluster === null ? "" : String(settings.jobs_per_cluster)}
            options={[{ value: "", label: say.asAbove }, ...counts]}
            onPick={(count) => act.saveSettings({ jobs_per_cluster: count === "" ? null : Number(count) })}
          />
        </div>
        <p className="small t3">{say.queueHint}</p>
      </div>
      <Limit
        label={say.limit}
        hint={say.limitHint}
        value={settings.limit_bytes_per_sec}
        onSave={(limit) => act.saveSettings({ limit_bytes_per_sec: limit })}
      />
      <span>{say.quiet}</span>
      <Quiet quiet={settings.quiet} onSave={(quiet) => act.saveSettings({ quiet })} />
    </>
  );
}

function Quiet({ quiet, onSave }: { quiet: QuietHours | null; onSave: (quiet: QuietHours | null) => void }) {
  const say = useWords().settings;
  const set = (change: Partial<QuietHours>) => {
    const next = { ...(quiet ?? OFFICE), ...change };
    // Hours that begin when they end are none: what is typed is kept until it is something.
    if (next.from_minute !== next.to_minute) onSave(next);
  };
  return (
    <div className="stack">
      <HintedCheckbox checked={quiet !== null} hint={say.quietHint} onCheck={(on) => onSave(on ? OFFICE : null)}>
        {say.quietOn}
      </HintedCheckbox>
      {quiet && (
        <div className="quiet-hours">
          <Time label={say.quietFrom} minute={quiet.from_minute} onTime={(from_minute) => set({ from_minute })} />
          <Time label={say.quietTo} minute={quiet.to_minute} onTime={(to_minute) => set({ to_minute })} />
          <Limit
            label={say.quietLimit}
            hint={say.quietLimitHint}
            value={quiet.limit_bytes_per_sec}
            onSave={(limit_bytes_per_sec) => set({ limit_bytes_per_sec })}
          />
        </div>
      )}
    </div>
  );
}

/** `HH:MM`, by the day's 24 hours in both languages; put back where it is no time. */
function Time({ label, minute, onTime }: { label: string; minute: number; onTime: (minute: number) => void }) {
  return (
    <Kept className="time" label={label} value={minute} show={timeOf} read={(text) => minuteOf(text) ?? minute} onKeep={onTime} />
  );
}

interface LimitProps {
  label: string;
  hint: string;
  value: number | null;
  onSave: (limit: number | null) => void;
}

const megabytes = (limit: number | null) => (limit === null ? "" : String(limit / 1e6));

/** In MB/s. What is no number above zero is no limit. */
function Limit({ label, hint, value, onSave }: LimitProps) {
  const read = (text: string) => {
    const rate = Math.round(Number(text) * 1e6);
    return Number.isFinite(rate) && rate > 0 ? rate : null;
  };
  return <Kept className="limit" label={label} hint={hint} value={value} show={megabytes} read={read} onKeep={onSave} />;
}

interface KeptProps<T> {
  className: string;
  label: string;
  hint?: string;
  value: T;
  show: (value: T) => string;
  read: (text: string) => T;
  onKeep: (value: T) => void;
}

/** A number that people type in their own way: kept when the field is left, and written in ours. */
function Kept<T>({ className, label, hint, value, show, read, onKeep }: KeptProps<T>) {
  const [text, setText] = useState(show(value));
  const keep = () => {
    const next = read(text);
    setText(show(next));
    if (next !== value) onKeep(next);
  };
  return (
    <TextField
      className={className}
      label={label}
      hint={hint}
      inputMode="decimal"
      value={text}
      onText={setText}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && keep()}
    />
  );
}
