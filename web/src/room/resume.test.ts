import { expect, test } from "vitest";
import { resumed } from "./resume";
import type { CandidateState, LoggedEvent, Notice } from "./types";

const NOTICE: Notice = {
  title: "T",
  role: "R",
  language: "en",
  consent_text: "C",
  time_budget_s: 1800,
  hint_budget: 3,
  extra_time_s: 0,
  pauses: 0,
  pause_days: 0,
  reply_within_days: 7,
};
const START = Date.parse("2026-11-30T09:00:00Z");
const CARD = {
  question_id: "q2",
  question_type: "technical",
  prompt: "Why?",
  answer_mode: "spoken",
  skill: "s",
  hint_costs: [0.1, 0.2],
};

function state(changes: Partial<CandidateState> = {}): CandidateState {
  return {
    interview_id: "i",
    started_at: "2026-11-30T09:00:00Z",
    status: "active",
    current_phase: "technical",
    questions_asked: [{ question_id: "q1" }, { question_id: "q2", hints: 1 }],
    hints_used: 1,
    turn_number: 2,
    extra_time_s: 0,
    version: 9,
    conversation_history: [
      { role: "interviewer", content: "Hello.", turn: 0, audio_url: "/session/audio/i/0.wav" },
      { role: "candidate", content: "Hi.", turn: 1 },
    ],
    ...changes,
  };
}

function event(type: string, minute: number, data: Record<string, unknown> = {}): LoggedEvent {
  return { seq: minute, time: new Date(START + minute * 60_000).toISOString(), type, data };
}

const LOG = [
  event("response.sent", 0, { question: { ...CARD, question_id: "q1" } }),
  event("response.sent", 1, { question: CARD }),
];
const AT_TEN = START + 10 * 60_000;

test("the conversation, the question and the hints are there again", () => {
  const found = resumed(NOTICE, state(), LOG, AT_TEN, 1_000);
  expect(found.lines.map((line) => [line.who, line.text, line.audioUrl])).toEqual([
    ["interviewer", "Hello.", "/session/audio/i/0.wav"],
    ["candidate", "Hi.", null],
  ]);
  expect(found).toMatchObject({
    card: CARD,
    questions: 2,
    hintsLeft: 1,
    hintsTaken: 1,
    phase: "technical",
    paused: false,
  });
});

test("the deadline follows the server's clock, whatever this machine's says", () => {
  expect(resumed(NOTICE, state(), LOG, AT_TEN, 5_000).deadlineAt).toBe(5_000 + 20 * 60_000);
});

test("a candidate who paused may return until then, and one who waits for a person may not", () => {
  const returnBy = "2026-12-03T09:00:00Z";
  const away = state({ status: "paused", paused_by: "candidate", pauses: 1, return_by: returnBy });
  expect(resumed(NOTICE, away, LOG, AT_TEN, 0)).toMatchObject({ paused: true, pauses: 1, returnBy });
  const waits = state({ status: "paused", paused_by: "policy", pauses: 1, return_by: returnBy });
  expect(resumed(NOTICE, waits, LOG, AT_TEN, 0)).toMatchObject({ paused: true, returnBy: null });
  const back = state({ pauses: 1, return_by: returnBy });
  expect(resumed(NOTICE, back, LOG, AT_TEN, 0)).toMatchObject({ paused: false, returnBy: null });
});

test("pauses do not count, nor the time since one that lasts", () => {
  const ended = [...LOG, event("session.paused", 3), event("session.resumed", 8)];
  expect(resumed(NOTICE, state(), ended, AT_TEN, 0).deadlineAt).toBe(25 * 60_000);
  const lasting = [...LOG, event("session.paused", 3)];
  expect(resumed(NOTICE, state({ status: "paused" }), lasting, AT_TEN, 0)).toMatchObject({
    paused: true,
    deadlineAt: 27 * 60_000,
  });
});

test("the interview's budget bounds the hints of a question", () => {
  expect(resumed(NOTICE, state({ hints_used: 3 }), LOG, AT_TEN, 0).hintsLeft).toBe(0);
});

test("a reopened question has the card it was asked with", () => {
  const reopened = state({ questions_asked: [{ question_id: "q2" }, { question_id: "q1" }] });
  expect(resumed(NOTICE, reopened, LOG, AT_TEN, 0).card?.question_id).toBe("q1");
});

test("a card that cannot be found leaves the conversation usable", () => {
  expect(resumed(NOTICE, state(), [], AT_TEN, 0)).toMatchObject({ card: null, hintsLeft: 0 });
});

test("extra time moves the deadline", () => {
  const plain = resumed(NOTICE, state(), LOG, AT_TEN, 0).deadlineAt ?? 0;
  const more = resumed(NOTICE, state({ extra_time_s: 600 }), LOG, AT_TEN, 0);
  expect(more.extraS).toBe(600);
  expect((more.deadlineAt ?? 0) - plain).toBe(600_000);
});

test("the open follow-up is what is asked, also after an explanation of it", () => {
  const follow = event("response.sent", 2, {
    text: "What then?",
    action: { action_type: "ask_followup" },
    question: CARD,
  });
  const explained = event("response.sent", 3, { text: "Well,", action: { action_type: "clarify" }, question: CARD });
  const ask = (log: LoggedEvent[]) => resumed(NOTICE, state(), log, AT_TEN, 0).asking;
  expect(ask([...LOG, follow, explained])).toBe("What then?");
  const known = event("response.sent", 2, { ...follow.data, text: "Thank you. What then?", follow_up: "What then?" });
  expect(ask([...LOG, known, explained])).toBe("What then?");
  expect(ask([...LOG, explained])).toBe("Why?");
  const next = event("response.sent", 4, { text: "Why?", action: { action_type: "new_question" }, question: CARD });
  expect(ask([...LOG, follow, next])).toBe("Why?");
});

test("an utterance of which nothing was heard is not shown", () => {
  const said = { role: "interviewer" as const, content: "", turn: 1 };
  const from = state({ conversation_history: [...state().conversation_history, said] });
  expect(resumed(NOTICE, from, LOG, AT_TEN, 1_000).lines).toHaveLength(2);
});
