/** What went wrong, in words for a candidate: the server's own sentences are for developers and operators. */

import type { Problem } from "../api/problem";

const BUSY = "The server is busy right now.";
const AWAY = "A part of the interview does not answer right now.";
const LINK = "Your link does not open this interview any more. Ask the person who invited you for a new one.";
const REJECTED = "This answer could not be accepted as it is. Change it and send it again.";
const LOST = "The connection was interrupted.";
const SOUND = "This recording cannot be read. Please record it again, or type.";

/** By the `code` of a problem: every code of `interview/errors.py`, and those of the page itself. */
export const SAID: Readonly<Record<string, string>> = {
  offline: "The server cannot be reached.",
  interrupted: LOST,
  lost: "The connection did not come back.",
  refused: "The open microphone is not available now. Press to speak, or type.",
  superseded: "The interview has been opened in another window, which has the microphone now.",
  "invalid-input": REJECTED,
  "invalid-config": AWAY,
  "audio-rejected": SOUND,
  "audio-unreadable": SOUND,
  "audio-empty": "The recording is empty. Check that your microphone is on, and record it again.",
  "audio-silent": "No speech was heard. Speak a little louder or nearer to the microphone, or type.",
  "audio-too-large": "The recording is too long to be sent. Give a shorter answer, or type.",
  "audio-too-long": "The recording is too long. Give a shorter answer, or type.",
  "upload-infected": "The recording was refused by the security check. Please type your answer.",
  "document-rejected": REJECTED,
  "document-too-large": REJECTED,
  "idempotency-mismatch": REJECTED,
  "context-too-long": "This answer is too long. Please shorten it.",
  unsupported: "This is not possible in this interview. Please type your answer.",
  unauthenticated: LINK,
  forbidden: LINK,
  "not-found": LINK,
  "transcript-deleted": "This interview has been deleted.",
  conflict: "The interview has changed meanwhile. Have a look at the question, then send your answer.",
  "session-ended": "The interview has ended.",
  "question-not-current": "The interview has gone on in another window. This is its question now.",
  "version-conflict": BUSY,
  "turn-in-flight": "An answer of yours is still being worked on. It only takes a moment.",
  overloaded: BUSY,
  unavailable: AWAY,
  "storage-unavailable": AWAY,
  "engine-unavailable": AWAY,
  "circuit-open": AWAY,
  "model-missing": AWAY,
  "model-corrupt": AWAY,
  "deadline-exceeded": "The server took too long.",
  "engine-failed": AWAY,
  "invalid-model-output": AWAY,
  internal: "Something went wrong on the server.",
};

/** The candidate's words for `problem`. */
export function said(problem: Problem): string {
  const known = Object.hasOwn(SAID, problem.code) ? SAID[problem.code] : undefined;
  if (known !== undefined) return known;
  if (problem.status === 401 || problem.status === 403 || problem.status === 404) return LINK;
  if (problem.status === 413) return "This is too large to be sent. Please give a shorter answer.";
  if (problem.status === 429) return BUSY;
  if (problem.status === 0) return LOST;
  return problem.status < 500 ? REJECTED : "Something went wrong on the server.";
}
