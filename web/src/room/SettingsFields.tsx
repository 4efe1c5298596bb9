import { useId } from "react";
import { en } from "./messages";
import type { Settings } from "./settings";

type Props = { settings: Settings; change: (changes: Partial<Settings>) => void; voice: boolean; inHelp?: boolean };

/** The adjustments, before and during the interview. */
export function SettingsFields({ settings, change, voice, inHelp = false }: Props) {
  const name = useId();
  return (
    <div className="stack tight">
      <fieldset className="options">
        <legend>{en.settings.how}</legend>
        {(["voice", "open", "text"] as const).map((way) => (
          <label key={way} className="choice">
            <input
              type="radio"
              name={name}
              checked={settings.answerBy === way}
              onChange={() => change({ answerBy: way })}
            />
            <span>{en.settings[way]}</span>
          </label>
        ))}
      </fieldset>
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
      {settings.answerBy === "open" && (
        <Choice label={en.settings.patient} checked={settings.patient} onChange={(on) => change({ patient: on })} />
      )}
      <Choice label={en.settings.captions} checked={settings.captions} onChange={(on) => change({ captions: on })} />
      <Choice label={en.settings.timer} checked={settings.timer} onChange={(on) => change({ timer: on })} />
      <p className="muted small">{inHelp ? en.settings.extraHere : en.settings.extra}</p>
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
