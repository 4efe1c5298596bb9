/** Words that are not lost by a reload: the answer being written, and one that was sent but not answered yet. */

export type SentText = { key: string; text: string };

const DRAFT = "interview.draft";
const SENT = "interview.sent";

export function loadDraft(storage: Storage, questionId: string): string {
  const [id, text] = JSON.parse(storage.getItem(DRAFT) ?? '["",""]') as [string, string];
  return id === questionId ? text : "";
}

export function saveDraft(storage: Storage, questionId: string, text: string): void {
  if (text === "") storage.removeItem(DRAFT);
  else storage.setItem(DRAFT, JSON.stringify([questionId, text]));
}

/** The answer under its key, which makes a repeated request harmless. */
export function loadSent(storage: Storage): SentText | null {
  const kept = storage.getItem(SENT);
  return kept === null ? null : (JSON.parse(kept) as SentText);
}

export function saveSent(storage: Storage, sent: SentText | null): void {
  if (sent === null) storage.removeItem(SENT);
  else storage.setItem(SENT, JSON.stringify(sent));
}
