/** A running interview, rebuilt from what the server keeps: the same link continues where the candidate left. */

import type { Resumed } from "./state";
import type { CandidateAction, CandidateState, LoggedEvent, Notice, QuestionCard } from "./types";

/**
 * `now` and the events' times are the server's clock; `localNow` is this machine's, for the deadline (ms).
 */
export function resumed(
  notice: Notice,
  state: CandidateState,
  log: readonly LoggedEvent[],
  now: number,
  localNow: number,
): Resumed {
  const asked = state.questions_asked.at(-1);
  const card = asked ? cardOf(asked.question_id, log) : null;
  const taken = asked?.hints ?? 0;
  const ladder = (card?.hint_costs?.length ?? 0) - taken;
  return {
    lines: state.conversation_history.flatMap((said, index) => {
      if (said.role === "interviewer" && said.content === "") return []; // it was withdrawn before it was heard
      const audioUrl = said.audio_url ?? null;
      return [{ id: `history-${index}`, who: said.role, text: said.content, provisional: false, audioUrl }];
    }),
    card,
    asking: askingOf(asked?.question_id, log) ?? card?.prompt ?? "",
    turnNumber: state.turn_number,
    phase: state.current_phase,
    questions: state.questions_asked.length,
    hintsLeft: Math.max(0, Math.min(ladder, notice.hint_budget - state.hints_used)),
    hintsTaken: taken,
    deadlineAt: localNow + leftMs(notice, state, log, now),
    extraS: state.extra_time_s,
    pauses: state.pauses ?? 0,
    returnBy: state.status === "paused" && state.paused_by === "candidate" ? (state.return_by ?? null) : null,
    paused: state.status === "paused",
  };
}

/** The card as it was last shown; a reopened question was shown earlier. */
function cardOf(questionId: string, log: readonly LoggedEvent[]): QuestionCard | null {
  for (const event of log.toReversed()) {
    const card = event.data.question as QuestionCard | null | undefined;
    if (event.type === "response.sent" && card?.question_id === questionId) return card;
  }
  return null;
}

/** The follow-up that is open; null while the question itself is. */
function askingOf(questionId: string | undefined, log: readonly LoggedEvent[]): string | null {
  for (const event of log.toReversed()) {
    if (event.type !== "response.sent") continue;
    const sent = event.data as {
      text?: string;
      follow_up?: string;
      action?: CandidateAction;
      question?: QuestionCard | null;
    };
    const action = sent.action?.action_type;
    if (action === "new_question" || (sent.question && sent.question.question_id !== questionId)) return null;
    if (action === "ask_followup") return sent.follow_up || (sent.text ?? null);
  }
  return null;
}

/** The plan's whole budget and the extra time, without the time since the start; pauses do not count. */
function leftMs(notice: Notice, state: CandidateState, log: readonly LoggedEvent[], now: number): number {
  let paused = 0;
  let since: number | null = null;
  for (const event of log) {
    if (event.type === "session.paused") since ??= Date.parse(event.time);
    if (event.type === "session.resumed" && since !== null) {
      paused += Date.parse(event.time) - since;
      since = null;
    }
  }
  const until = since ?? now;
  return (notice.time_budget_s + state.extra_time_s) * 1000 - (until - Date.parse(state.started_at) - paused);
}
