/** What a candidate chose for comfort; kept in this tab, changed at any time. */
export type Settings = {
  /** voice: press to talk. open: the microphone stays open. */
  answerBy: "voice" | "open" | "text";
  readAloud: boolean;
  slower: boolean;
  captions: boolean;
  timer: boolean;
  /** The open microphone waits longer in a pause. */
  patient: boolean;
};

export const DEFAULTS: Settings = {
  answerBy: "voice",
  readAloud: true,
  slower: false,
  captions: true,
  timer: true,
  patient: false,
};

const KEY = "interview.settings";

/** What was chosen in this tab, else `otherwise`. */
export function loadSettings(storage: Storage, otherwise: Settings = DEFAULTS): Settings {
  try {
    return { ...otherwise, ...(JSON.parse(storage.getItem(KEY) ?? "{}") as Partial<Settings>) };
  } catch {
    return otherwise;
  }
}

export function saveSettings(storage: Storage, settings: Settings): void {
  storage.setItem(KEY, JSON.stringify(settings));
}

/** The speed of the interviewer's voice. */
export function speechRate(settings: Settings): number {
  return settings.slower ? 0.8 : 1;
}
