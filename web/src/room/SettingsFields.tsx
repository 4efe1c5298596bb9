import { en } from "./messages";
import type { Settings } from "./settings";

type Props = { settings: Settings; change: (changes: Partial<Settings>) => void; voice: boolean };

/** The adjustments, before and during the interview. */
export function SettingsFields({ settings, change, voice }: Props) {
  return (
    <div className="stack tight">
      <Choice
        label={en.settings.text}
        checked={settings.answerBy === "text"}
        onChange={(on) => change({ answerBy: on ? "text" : "voice" })}
      />
      {voice && (
        <>
          <Choice
            label={en.settings.readAloud}
            checked={settings.readAloud}
            onChange={(on) => change({ readAloud: on })}
          />
          <Choice label={en.settings.slower} checked={settings.slower} onChange={(on) => change({ slower: on })} />
        </>
      )}
      <Choice label={en.settings.captions} checked={settings.captions} onChange={(on) => change({ captions: on })} />
      <Choice label={en.settings.timer} checked={settings.timer} onChange={(on) => change({ timer: on })} />
      <p className="muted small">{en.settings.extra}</p>
    </div>
  );
}

function Choice({ label, checked, onChange }: { label: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="choice">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}
