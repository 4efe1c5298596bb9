/** Words that are not lost by a reload: the answer being written, one that was sent, and one that could not be saved. */

import type { AnsweredQuestion, HeardDraft, Kept } from "./types";

/** `request`: a request such as "please repeat", beside which the unsent answer stays. */
export type SentText = { key: string; text: string; to?: AnsweredQuestion; request?: boolean };

/** The unsent answer to one question in each of its forms. */
type Draft = { id: string; words?: string; choice?: string[]; order?: string[]; heard?: HeardDraft };
type Form = Exclude<keyof Draft, "id">;

const DRAFT = "interview.draft";
const SENT = "interview.sent";
const KEPT = "interview.kept";

export function loadDraft<F extends Form>(storage: Storage, questionId: string, form: F): Draft[F] | undefined {
  const draft = read<Draft>(storage, DRAFT);
  return draft?.id === questionId ? draft[form] : undefined;
}

export function saveDraft<F extends Form>(storage: Storage, questionId: string, form: F, value: Draft[F] | null): void {
  const before = read<Draft>(storage, DRAFT);
  const draft: Draft = before?.id === questionId ? { ...before } : { id: questionId };
  if (value === null) delete draft[form];
  else draft[form] = value;
  write(storage, DRAFT, draft);
}

export function clearDraft(storage: Storage): void {
  storage.removeItem(DRAFT);
}

/** The answer under its key, which makes a repeated request harmless. */
export function loadSent(storage: Storage): SentText | null {
  return read(storage, SENT);
}

export function saveSent(storage: Storage, sent: SentText | null): void {
  write(storage, SENT, sent);
}

export function loadKept(storage: Storage): Kept | null {
  return read(storage, KEPT);
}

export function saveKept(storage: Storage, kept: Kept | null): void {
  write(storage, KEPT, kept);
}

/** null where there is nothing, or something that an earlier release wrote in another form. */
function read<T>(storage: Storage, name: string): T | null {
  const found: unknown = JSON.parse(storage.getItem(name) ?? "null");
  return typeof found === "object" && !Array.isArray(found) ? (found as T | null) : null;
}

function write(storage: Storage, name: string, value: object | null): void {
  if (value === null) storage.removeItem(name);
  else storage.setItem(name, JSON.stringify(value));
}
