import { useId } from "react";
import type { Settings } from "./settings";
import { useWords } from "./words";

type Props = {
  settings: Settings;
  change: (changes: Partial<Settings>) => void;
  voice: boolean;
  hears: boolean;
  inHelp?: boolean;
};

/** The adjustments, before and during the interview. */
export function SettingsFields({ settings, change, voice, hears, inHelp = false }: Props) {
  const words = useWords();
  const name = useId();
  return (
    <div className="stack tight">
      <fieldset className="options">
        <legend>{words.settings.how}</legend>
        {(hears ? (["voice", "open", "text"] as const) : (["text"] as const)).map((way) => (
          <label key={way} className="choice">
            <input
              type="radio"
              name={name}
              checked={settings.answerBy === way}
              onChange={() => change({ answerBy: way })}
            />
            <span>{words.settings[way]}</span>
          </label>
        ))}
      </fieldset>
      {voice && (
        <>
          <Choice
            label={words.settings.readAloud}
            checked={settings.readAloud}
            onChange={(on) => change({ readAloud: on })}
          />
          <Choice label={words.settings.slower} checked={settings.slower} onChange={(on) => change({ slower: on })} />
        </>
      )}
      {settings.answerBy === "open" && (
        <Choice label={words.settings.patient} checked={settings.patient} onChange={(on) => change({ patient: on })} />
      )}
      <Choice label={words.settings.captions} checked={settings.captions} onChange={(on) => change({ captions: on })} />
      <Choice label={words.settings.timer} checked={settings.timer} onChange={(on) => change({ timer: on })} />
      <p className="muted small">{inHelp ? words.settings.extraHere : words.settings.extra}</p>
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
