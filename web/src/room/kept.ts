/** Answers that the server did not take, and may not take again: their words stay with the candidate. */

import type { Answer, HeardDraft, LoggedEvent } from "./types";

/** The words of an answer, also of a recording, as far as they are known. */
export function wordsOf(answer: Answer, heard: HeardDraft | null): string {
  if ("text" in answer) return answer.text;
  return heard?.draft ?? heard?.text ?? "";
}

/** Whether the log holds `answer`, although its reply was an error. */
export function isLogged(answer: Answer, log: readonly LoggedEvent[]): boolean {
  const seen = answer.to?.turn_number ?? Number.POSITIVE_INFINITY;
  return log.some(({ type, data }) => {
    if (type !== "answer.received" || typeof data.turn !== "number" || data.turn <= seen) return false;
    return "text" in answer ? data.text === answer.text : data.audio != null;
  });
}

/** How long to wait before an answer is sent again by itself, in ms. `tries` so far; `retryAfterS` as the server asks. */
export function resendDelayMs(tries: number, retryAfterS: number | null): number {
  return 1000 * Math.max(retryAfterS ?? 0, Math.min(30, 3 * 2 ** tries));
}
