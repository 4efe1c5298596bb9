/** The content of answers: words that are chosen or arranged as a candidate would say them, or a checked recording. */

import type { Messages } from "./messages";
import type { Answer, HeardDraft } from "./types";

/** Below this confidence the interviewer would ask again, although the candidate has just read the words. */
const SURE = 0.7;

/**
 * A recording whose words were read and left as they are is sent itself. Where they were corrected, or could hardly be
 * understood, the words on the screen are the answer; the recording and what was heard are sent beside them.
 */
export function answerOf(key: string, text: string, heard: HeardDraft | null, sound: Blob | null): Answer {
  if (heard === null || sound === null) return { key, text };
  const corrected = text.trim() !== heard.text.trim();
  if (!corrected && heard.confidence >= SURE) return { key, audio: sound };
  return { key, text, audio: sound, signals: { corrected_transcript: corrected, heard: heard.text.slice(0, 500) } };
}

/** "Option B: a queue and a worker", or "Options A and C.", in the interview's language. `options` in the card's order. */
export function chosenText(
  options: readonly { id: string; text: string }[],
  chosen: ReadonlySet<string>,
  words: Messages["answer"],
): string {
  const picked = options.filter((option) => chosen.has(option.id));
  const [first] = picked;
  if (first === undefined) return "";
  if (picked.length === 1) return words.option(letter(first.id), first.text);
  const letters = picked.map((option) => letter(option.id));
  return words.options(letters.slice(0, -1).join(", "), letters.at(-1) ?? "");
}

/** "1. Parse, 2. Plan, 3. Run" */
export function orderedText(items: readonly string[]): string {
  return items.map((item, index) => `${index + 1}. ${item}`).join(", ");
}

/** `items` with the one at `from` moved by `step`; the same list where it cannot move. */
export function moved(items: readonly string[], from: number, step: -1 | 1): readonly string[] {
  const to = from + step;
  const item = items[from];
  const other = items[to];
  if (item === undefined || other === undefined) return items;
  return items.map((one, index) => (index === from ? other : index === to ? item : one));
}

export function letter(id: string): string {
  return id.length === 1 ? id.toUpperCase() : id;
}
