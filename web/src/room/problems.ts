/** What went wrong, in words for a candidate: the server's own sentences are for developers and operators. */

import type { Problem } from "../api/problem";
import type { Messages } from "./messages";

type Words = keyof Messages["problem"];

/** By the `code` of a problem: every code of `interview/errors.py`, and those of the page itself. */
export const SAID: Readonly<Record<string, Words>> = {
  offline: "offline",
  interrupted: "lost",
  lost: "notBack",
  refused: "noOpenMicrophone",
  superseded: "superseded",
  "invalid-input": "rejected",
  "invalid-config": "away",
  "audio-rejected": "sound",
  "audio-unreadable": "sound",
  "audio-empty": "empty",
  "audio-silent": "silent",
  "audio-too-large": "recordingTooLarge",
  "audio-too-long": "recordingTooLong",
  "upload-infected": "infected",
  "document-rejected": "rejected",
  "document-too-large": "rejected",
  "idempotency-mismatch": "rejected",
  "context-too-long": "answerTooLong",
  unsupported: "unsupported",
  unauthenticated: "link",
  forbidden: "link",
  "not-found": "link",
  "transcript-deleted": "deleted",
  conflict: "changed",
  "session-ended": "ended",
  "question-not-current": "movedOn",
  "version-conflict": "busy",
  "turn-in-flight": "working",
  overloaded: "busy",
  unavailable: "away",
  "storage-unavailable": "away",
  "engine-unavailable": "away",
  "circuit-open": "away",
  "model-missing": "away",
  "model-corrupt": "away",
  "deadline-exceeded": "slow",
  "engine-failed": "away",
  "invalid-model-output": "away",
  internal: "internal",
};

/** The candidate's words for `problem`. */
export function said(problem: Problem, { problem: words }: Messages): string {
  return words[kindOf(problem)];
}

function kindOf(problem: Problem): Words {
  const known = Object.hasOwn(SAID, problem.code) ? SAID[problem.code] : undefined;
  if (known !== undefined) return known;
  if (problem.status === 401 || problem.status === 403 || problem.status === 404) return "link";
  if (problem.status === 413) return "tooLarge";
  if (problem.status === 429) return "busy";
  if (problem.status === 0) return "lost";
  return problem.status < 500 ? "rejected" : "internal";
}
