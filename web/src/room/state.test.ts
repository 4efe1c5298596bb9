import { describe, expect, test } from "vitest";
import type { Problem } from "../api/problem";
import {
  answeredQuestion,
  holdsSpeech,
  mayAnswer,
  nextHintCost,
  OPENING,
  pausesLeft,
  type RoomEvent,
  type RoomState,
  reduce,
  type Turn,
} from "./state";
import type { InterviewNotice, QuestionCard, Status, TurnBody } from "./types";

const CARD: QuestionCard = {
  question_id: "q1",
  question_type: "technical",
  prompt: "Why?",
  answer_mode: "spoken",
  skill: "s",
  hint_costs: [0.1, 0.25],
};
const PROBLEM: Problem = { status: 503, code: "x", title: "X", detail: "No.", retryable: true, retryAfterS: null };

function notice(status: Status): InterviewNotice {
  const plan = {
    title: "T",
    role: "R",
    language: "en",
    consent_text: "C",
    time_budget_s: 60,
    extra_time_s: 0,
    hint_budget: 2,
    pauses: 2,
    pause_days: 3,
    reply_within_days: 7,
  };
  return { interview_id: "i", status, candidate_name: "Ada", voice: true, hears: true, notice: plan };
}

function body(changes: Partial<TurnBody["interviewer_response"]> = {}, more: Partial<TurnBody> = {}): TurnBody {
  const reply = {
    text: "Why?",
    action: { action_type: "new_question" as const, next_phase: "technical" as const },
    should_continue: true,
    audio_url: null,
    question: CARD,
    hints_left: 2,
    time_left_s: 90,
    follow_up: "",
  };
  return { interview_id: "i", turn_number: 1, ...more, interviewer_response: { ...reply, ...changes } };
}

function having(...events: RoomEvent[]): RoomState {
  return events.reduce(reduce, OPENING);
}

const OPENED: RoomEvent = { type: "opened", notice: notice("invited") };
const STARTED: RoomEvent = { type: "replied", body: body(), at: 1000 };
const SENT: RoomEvent = { type: "sent", id: "k1", text: "An index." };
const SPOKEN: RoomEvent[] = [
  { type: "recordingStarted" },
  { type: "recordingStopped" },
  { type: "heard", text: "And in decks.", confidence: 0.8 },
];

describe("the way to the interview", () => {
  test.each<[Status, RoomState["stage"]]>([
    ["invited", "arrival"],
    ["concluded", "ended"],
    ["expired", "ended"],
    ["active", "opening"],
    ["paused", "opening"],
  ])("an interview that is %s opens at %s", (status, stage) => {
    expect(having({ type: "opened", notice: notice(status) }).stage).toBe(stage);
  });

  test("a link that opens nothing says why", () => {
    expect(having({ type: "refused", problem: PROBLEM })).toMatchObject({ stage: "refused", problem: PROBLEM });
  });

  test("each step begins clean", () => {
    const state = having(OPENED, { type: "went", to: "check" }, ...SPOKEN, { type: "went", to: "practice" });
    expect(state).toMatchObject({ stage: "practice", turn: "yours", heard: null, trouble: null });
  });

  test("the practice keeps the answer in the page and leaves no line", () => {
    const state = having(OPENED, { type: "went", to: "practice" }, { type: "practised", text: "By train." });
    expect(state).toMatchObject({ practised: "By train.", lines: [], stage: "practice" });
  });

  test("a start that fails stays where it is, and a start clears the trouble", () => {
    const failed = having(OPENED, { type: "startFailed", problem: PROBLEM });
    expect(failed).toMatchObject({ stage: "arrival", trouble: PROBLEM });
    expect(reduce(failed, STARTED)).toMatchObject({ stage: "interview", trouble: null, turn: "yours" });
  });
});

describe("a reply", () => {
  test("brings the question, the hints and the deadline of the server", () => {
    const state = having(OPENED, STARTED);
    expect(state).toMatchObject({
      card: CARD,
      hintsLeft: 2,
      hintsTaken: 0,
      questions: 1,
      phase: "technical",
      deadlineAt: 91_000,
    });
  });

  test("about the same question keeps its count and its hints", () => {
    const state = having(OPENED, STARTED, { type: "hinted", body: body({ hints_left: 1 }), at: 2000 }, SENT, STARTED);
    expect(state).toMatchObject({ questions: 1, hintsTaken: 1 });
  });

  test("with a new question begins a new ladder", () => {
    const next = body({ question: { ...CARD, question_id: "q2" } });
    const state = having(OPENED, STARTED, { type: "hinted", body: body(), at: 0 }, SENT, {
      type: "replied",
      body: next,
      at: 0,
    });
    expect(state).toMatchObject({ questions: 2, hintsTaken: 0 });
  });

  test("without a card leaves the question where it is", () => {
    expect(having(OPENED, STARTED, SENT, { type: "replied", body: body({ question: null }), at: 0 }).card).toBe(CARD);
  });

  test("that concludes ends the interview with its last words", () => {
    const last = body({
      should_continue: false,
      text: "Goodbye.",
      action: { action_type: "conclude", next_phase: "closing" },
    });
    const state = having(OPENED, STARTED, SENT, { type: "replied", body: last, at: 0 });
    expect(state.stage).toBe("ended");
    expect(state.lines.at(-1)?.text).toBe("Goodbye.");
  });

  test("that neither continues nor concludes waits for a person", () => {
    const paused = body({ should_continue: false, action: { action_type: "clarify", next_phase: "technical" } });
    const state = having(OPENED, STARTED, SENT, { type: "replied", body: paused, at: 0 });
    expect(state).toMatchObject({ stage: "interview", turn: "paused" });
    expect(reduce(state, SENT)).toBe(state);
  });
});

describe("an answer", () => {
  test("is shown at once, provisional, and final once it is answered", () => {
    const sent = having(OPENED, STARTED, SENT);
    expect(sent.turn).toBe("thinking");
    expect(sent.lines.at(-1)).toMatchObject({ who: "candidate", text: "An index.", provisional: true });
    expect(reduce(sent, STARTED).lines.at(-2)).toMatchObject({ text: "An index.", provisional: false });
  });

  test("that was spoken shows the words that count", () => {
    const heard = body(
      {},
      { transcript: { text: "An index costs time.", confidence: 0.9, duration_s: 2, engine: {} } },
    );
    const state = having(OPENED, STARTED, ...SPOKEN, SENT, { type: "replied", body: heard, at: 0 });
    expect(state.lines.at(-2)?.text).toBe("An index costs time.");
  });

  test("passes recording, hearing and checking before it is sent", () => {
    const turns: Turn[] = [];
    let state = having(OPENED, STARTED);
    for (const event of [...SPOKEN, SENT]) {
      state = reduce(state, event);
      turns.push(state.turn);
    }
    expect(turns).toEqual(["recording", "hearing", "checking", "thinking"]);
    expect(state.heard).toBeNull();
  });

  test.each(["recording", "hearing", "checking"])("can be thrown away while %s", (turn) => {
    const steps = SPOKEN.slice(0, ["recording", "hearing", "checking"].indexOf(turn) + 1);
    const state = having(OPENED, STARTED, ...steps, { type: "discarded" });
    expect(state).toMatchObject({ turn: "yours", heard: null });
  });

  test("that was thrown away is not brought back by its late transcript", () => {
    const state = having(OPENED, STARTED, SPOKEN[0] as RoomEvent, SPOKEN[1] as RoomEvent, { type: "discarded" });
    expect(reduce(state, SPOKEN[2] as RoomEvent)).toBe(state);
  });

  test("that was not understood gives the turn back with the reason", () => {
    const silent = { ...PROBLEM, status: 422, retryable: false };
    const state = having(OPENED, STARTED, ...SPOKEN.slice(0, 2), { type: "notHeard", problem: silent });
    expect(state).toMatchObject({ turn: "yours", trouble: silent });
  });

  test("whose words could not be asked for waits: to be asked for again, sent, or thrown away", () => {
    const failed: RoomEvent = { type: "notHeard", problem: PROBLEM };
    const state = having(OPENED, STARTED, ...SPOKEN.slice(0, 2), failed);
    expect(state).toMatchObject({ turn: "unheard", trouble: PROBLEM });
    const again = reduce(state, { type: "transcriptRetried" });
    expect(again).toMatchObject({ turn: "hearing", trouble: null });
    expect(reduce(again, SPOKEN[2] as RoomEvent)).toMatchObject({ turn: "checking" });
    expect(reduce(again, failed)).toEqual(state);
    expect(reduce(state, SENT)).toMatchObject({ turn: "thinking", trouble: null });
    expect(reduce(state, { type: "discarded" })).toMatchObject({ turn: "yours", trouble: null });
  });

  test.each([500, 401, 404])("whose words fail with status %i waits as well", (status) => {
    const failed: RoomEvent = { type: "notHeard", problem: { ...PROBLEM, status, retryable: false } };
    expect(having(OPENED, STARTED, ...SPOKEN.slice(0, 2), failed).turn).toBe("unheard");
  });

  test("that could not be sent is checked again as it was changed, or waits without words", () => {
    const failed: RoomEvent[] = [OPENED, STARTED, ...SPOKEN, SENT, { type: "sendFailed", problem: PROBLEM }];
    const heard = { text: "And in decks.", confidence: 0.9, draft: "An index." };
    expect(having(...failed, { type: "withdrawn", heard })).toMatchObject({ turn: "checking", heard });
    expect(having(...failed, { type: "withdrawn", unheard: true })).toMatchObject({ turn: "unheard", heard: null });
  });

  test("is asked for again only where that failed", () => {
    const state = having(OPENED, STARTED, ...SPOKEN.slice(0, 2), { type: "discarded" });
    expect(reduce(state, { type: "transcriptRetried" })).toBe(state);
  });

  test("that was thrown away does not fail later", () => {
    const state = having(OPENED, STARTED, ...SPOKEN.slice(0, 2), { type: "discarded" });
    expect(reduce(state, { type: "notHeard", problem: PROBLEM })).toBe(state);
  });

  test.each<RoomEvent[]>([[OPENED], [OPENED, STARTED, { type: "ended" }]])(
    "is not recorded on a page that cannot show it",
    (...events) => {
      const state = having(...events);
      expect(reduce(state, { type: "recordingStarted" })).toBe(state);
    },
  );

  test("cannot be sent twice", () => {
    const once = having(OPENED, STARTED, SENT);
    expect(reduce(once, { type: "sent", id: "k2", text: "Again." })).toBe(once);
  });

  test("cannot be recorded while the interviewer has the turn", () => {
    const state = having(OPENED, STARTED, SENT);
    expect(reduce(state, { type: "recordingStarted" })).toBe(state);
    expect(mayAnswer(state)).toBe(false);
  });

  test("that fails stays on the screen, and is sent again under its own line", () => {
    const failed = having(
      OPENED,
      STARTED,
      SENT,
      { type: "sentence", index: 0, text: "Thank" },
      { type: "sendFailed", problem: PROBLEM },
    );
    expect(failed).toMatchObject({ turn: "failed", trouble: PROBLEM });
    expect(failed.lines.map((line) => line.text)).toEqual(["Why?", "An index."]);
    expect(reduce(failed, SENT).lines.map((line) => line.text)).toEqual(["Why?", "An index."]);
  });

  test.each<RoomEvent>([SENT, { type: "retried" }])("that is sent again is not called saved before it is", (again) => {
    const failed = having(OPENED, STARTED, SENT, { type: "sendFailed", problem: PROBLEM });
    expect(reduce(having(OPENED, STARTED), SENT).resending).toBe(false);
    expect(reduce(failed, again)).toMatchObject({ turn: "thinking", resending: true });
    expect(reduce(reduce(failed, again), { type: "sendFailed", problem: PROBLEM }).resending).toBe(false);
    const arriving = reduce(reduce(failed, again), { type: "sentence", index: 0, text: "Thank you." });
    expect(arriving.resending).toBe(false);
    expect(reduce(reduce(failed, again), { type: "replied", body: body(), at: 0 }).resending).toBe(false);
  });

  test("that fails can be taken back", () => {
    const state = having(OPENED, STARTED, SENT, { type: "sendFailed", problem: PROBLEM }, { type: "withdrawn" });
    expect(state).toMatchObject({ turn: "yours", trouble: null });
    expect(state.lines.map((line) => line.text)).toEqual(["Why?"]);
  });
});

describe("sentences of a reply", () => {
  const first: RoomEvent = { type: "sentence", index: 0, text: "Thank you." };

  test("grow one provisional line, which the reply replaces", () => {
    const arriving = having(OPENED, STARTED, SENT, first, { type: "sentence", index: 1, text: "Why?" });
    expect(arriving.turn).toBe("replying");
    expect(arriving.lines.at(-1)).toMatchObject({ text: "Thank you. Why?", provisional: true });
    const done = reduce(arriving, STARTED);
    expect(done.lines.map((line) => line.text)).toEqual(["Why?", "An index.", "Why?"]);
    expect(done.lines.every((line) => !line.provisional)).toBe(true);
  });

  test("begin anew after a retry", () => {
    const state = having(OPENED, STARTED, SENT, first, { type: "sendFailed", problem: PROBLEM }, SENT, first);
    expect(state.lines.at(-1)?.text).toBe("Thank you.");
  });

  test("after the reply are ignored", () => {
    const state = having(OPENED, STARTED);
    expect(reduce(state, first)).toBe(state);
  });
});

describe("hints", () => {
  test("tell the cost of the next one", () => {
    const state = having(OPENED, STARTED);
    expect(nextHintCost(state)).toBe(0.1);
    expect(nextHintCost(reduce(state, { type: "hinted", body: body({ hints_left: 1 }), at: 0 }))).toBe(0.25);
  });

  test("have no cost where none is left, and an unknown one on an old card", () => {
    expect(nextHintCost({ ...OPENING, card: CARD, hintsLeft: 0 })).toBeNull();
    const { hint_costs: _, ...old } = CARD;
    expect(nextHintCost({ ...OPENING, card: old, hintsLeft: 1 })).toBeNull();
  });
});

describe("a hint that arrives", () => {
  const hint: RoomEvent = { type: "hinted", body: body({ text: "Think of writes.", hints_left: 1 }), at: 0 };

  test.each(["recording", "hearing", "checking"])("while an answer is %s leaves that answer as it is", (turn) => {
    const steps = SPOKEN.slice(0, ["recording", "hearing", "checking"].indexOf(turn) + 1);
    const before = having(OPENED, STARTED, { type: "hintAsked" }, ...steps);
    expect(before).toMatchObject({ turn, hinting: true });
    const after = reduce(before, hint);
    expect(after).toMatchObject({ turn, heard: before.heard, hinting: false, hintsTaken: 1, hintsLeft: 1 });
    expect(after.lines.at(-1)?.text).toBe("Think of writes.");
  });

  test("stands before an answer that waits for it, which no second one can follow", () => {
    const state = having(OPENED, STARTED, { type: "hintAsked" }, SENT, hint);
    expect(state.lines.map((line) => line.text)).toEqual(["Why?", "Think of writes.", "An index."]);
    expect(state.lines.at(-1)?.provisional).toBe(true);
    expect(state.turn).toBe("thinking");
    expect(reduce(state, { type: "sent", id: "k2", text: "Again." })).toBe(state);
  });

  test("with the end of the interview ends a recording", () => {
    const last = body({ should_continue: false, action: { action_type: "conclude", next_phase: "closing" } });
    const state = having(OPENED, STARTED, { type: "hintAsked" }, SPOKEN[0] as RoomEvent, { ...hint, body: last });
    expect(state).toMatchObject({ stage: "ended", turn: "yours" });
  });

  test("not at all says why, and can be asked for again", () => {
    const state = having(OPENED, STARTED, { type: "hintAsked" }, { type: "hintFailed", problem: PROBLEM });
    expect(state).toMatchObject({ turn: "yours", hinting: false, trouble: PROBLEM });
  });
});

test("the voice stops for the candidate", () => {
  const speaking = having(OPENED, STARTED, { type: "voice", on: true });
  expect(speaking.speaking).toBe(true);
  expect(reduce(speaking, { type: "recordingStarted" }).speaking).toBe(false);
  expect(reduce(speaking, SENT).speaking).toBe(false);
});

test("a resumed interview continues where it was, also in a pause", () => {
  const from = {
    lines: [],
    card: CARD,
    asking: "Why not?",
    turnNumber: 4,
    phase: "technical" as const,
    questions: 3,
    hintsLeft: 1,
    hintsTaken: 1,
    deadlineAt: 5,
    extraS: 0,
    pauses: 1,
    returnBy: null,
    paused: false,
  };
  expect(having({ type: "resumed", from })).toMatchObject({
    stage: "interview",
    turn: "yours",
    questions: 3,
    card: CARD,
    asking: "Why not?",
    turnNumber: 4,
  });
  expect(having({ type: "resumed", from: { ...from, paused: true } }).turn).toBe("paused");
});

describe("a pause until another day", () => {
  const left: RoomEvent = { type: "left", pauses: 1, returnBy: "2026-12-03T09:00:00Z" };

  test("leaves the interview, and says until when and how often", () => {
    const state = having(OPENED, STARTED, { type: "voice", on: true }, { type: "leaving" }, left);
    expect(state).toMatchObject({ stage: "paused", turn: "paused", speaking: false, starting: false, card: CARD });
    expect(state.returnBy).toBe("2026-12-03T09:00:00Z");
    expect(pausesLeft(state)).toBe(1);
    expect(mayAnswer(state)).toBe(false);
    expect(holdsSpeech(state)).toBe(false);
  });

  test("that could not begin leaves the interview as it is", () => {
    const state = having(OPENED, STARTED, { type: "leaving" }, { type: "troubled", problem: PROBLEM });
    expect(state).toMatchObject({ stage: "interview", turn: "yours", starting: false, trouble: PROBLEM });
  });

  test("ends with the question asked again", () => {
    const again = body({ text: "Welcome back. Why?", action: { action_type: "clarify", next_phase: "technical" } });
    const state = having(OPENED, STARTED, left, { type: "startAsked" }, { type: "replied", body: again, at: 0 });
    expect(state).toMatchObject({ stage: "interview", turn: "yours", returnBy: null, starting: false, asking: "Why?" });
  });
});

describe("what is to be answered", () => {
  const does = (
    action_type: TurnBody["interviewer_response"]["action"]["action_type"],
    text: string,
    follow_up = "",
  ): RoomEvent => ({
    type: "replied",
    body: body({ text, follow_up, action: { action_type, next_phase: "technical" } }, { turn_number: 5 }),
    at: 0,
  });

  test("is the question, until a follow-up takes its place", () => {
    expect(having(OPENED, STARTED).asking).toBe("Why?");
    expect(having(OPENED, STARTED, does("ask_followup", "What then?")).asking).toBe("What then?");
    const known = does("ask_followup", "Thank you. What then?", "What then?");
    expect(having(OPENED, STARTED, known).asking).toBe("What then?");
  });

  test.each(["clarify", "give_hint"] as const)("stays the same after %s", (action) => {
    const followed = having(OPENED, STARTED, does("ask_followup", "What then?"), does(action, "Take your time."));
    expect(followed.asking).toBe("What then?");
  });

  test("is the next question once it is asked", () => {
    const next = body({ text: "Well. How?", question: { ...CARD, question_id: "q2", prompt: "How?" } });
    const asked = having(OPENED, STARTED, does("ask_followup", "What then?"), { type: "replied", body: next, at: 0 });
    expect(asked.asking).toBe("How?");
  });

  test("is named by an answer, with the reply that the candidate saw", () => {
    const followed = having(OPENED, STARTED, does("ask_followup", "What then?"));
    expect(answeredQuestion(followed)).toEqual({ question_id: "q1", turn_number: 5 });
  });
});

test("words that were understood before a reload are checked again, on the candidate's turn alone", () => {
  const heard = { text: "An indeks.", confidence: 0.8, draft: "An index." };
  expect(having(OPENED, STARTED, { type: "heardAgain", heard })).toMatchObject({ turn: "checking", heard });
  expect(having(OPENED, STARTED, SENT, { type: "heardAgain", heard }).turn).toBe("thinking");
});

test.each<[string, RoomEvent[], boolean]>([
  ["nothing yet", [], false],
  ["a recording", SPOKEN.slice(0, 1), true],
  ["words to check", SPOKEN, true],
  ["a sent answer", [...SPOKEN, SENT], false],
])("leaving warns of what would be lost: %s", (_, events, warns) => {
  expect(holdsSpeech(having(OPENED, STARTED, ...events))).toBe(warns);
});

describe("the end", () => {
  const LAST = { should_continue: false, text: "Goodbye.", question: null };
  const concludes: RoomEvent = {
    type: "replied",
    body: body({ ...LAST, action: { action_type: "conclude", next_phase: "closing" } }),
    at: 0,
  };

  test("has the interviewer's last words, which no greeting stands for", () => {
    expect(having(OPENED, STARTED, concludes).closing).toBe("Goodbye.");
    expect(having(OPENED, STARTED, { type: "ended", closing: "Goodbye." }).closing).toBe("Goodbye.");
    expect(having(OPENED, STARTED, { type: "ended" }).closing).toBeNull();
    expect(having(OPENED, STARTED, concludes, { type: "ended" }).closing).toBe("Goodbye.");
  });

  test("keeps an answer that was not saved", () => {
    const kept = { question: "Why?", text: "An index." };
    expect(having(OPENED, STARTED, SENT, { type: "kept", kept }, { type: "ended" })).toMatchObject({ kept });
  });
});

describe("a reply that is withdrawn because the candidate goes on", () => {
  const NEXT: QuestionCard = { ...CARD, question_id: "q2", prompt: "How?" };
  const next = body({ text: "Good. How?", question: NEXT }, { turn_number: 2 });
  const { interviewer_response, turn_number } = next;
  const withdrew: RoomEvent = {
    type: "told",
    told: { type: "withdrew", reply: { ...interviewer_response, turn_number, withdrawn: true } },
  };
  const asked: RoomEvent[] = [OPENED, STARTED, SENT];
  const texts = (state: RoomState) => state.lines.map((line) => line.text);

  test.each<[string, RoomEvent[]]>([
    ["before it is shown", []],
    ["while it arrives", [{ type: "sentence", index: 0, text: "Good." }]],
    ["once it is shown", [{ type: "replied", body: next, at: 2000 }]],
  ])("is not shown: %s", (_, events) => {
    const state = having(...asked, ...events, { type: "told", told: { type: "talking" } }, withdrew);
    expect(state).toMatchObject({ asking: "Why?", card: CARD, questions: 1 });
    expect(texts(state)).toEqual(["Why?", "An index."]);
    expect(state.lines.every((line) => !line.provisional)).toBe(true);
  });

  test("leaves the question that was shown, though the next answer is to the current turn", () => {
    const state = having(...asked, withdrew);
    expect(answeredQuestion(state)).toEqual({ turn_number: 2 });
    const again = reduce(state, { type: "replied", body: body({ question: NEXT }, { turn_number: 3 }), at: 3000 });
    expect(again).toMatchObject({ card: NEXT, questions: 2 });
    expect(answeredQuestion(again)).toEqual({ turn_number: 3, question_id: "q2" });
  });

  test("is shown where it is said again", () => {
    const state = having(...asked, withdrew, { type: "replied", body: next, at: 3000 });
    expect(texts(state)).toEqual(["Why?", "An index.", "Good. How?"]);
    expect(state.card).toBe(NEXT);
  });
});

test("after the end nothing is being answered, and an answer that was not taken is not shown", () => {
  const talked: RoomEvent[] = [
    { type: "told", told: { type: "talking" } },
    { type: "told", told: { type: "talked", id: "a2" } },
  ];
  const state = having(OPENED, STARTED, ...talked, { type: "told", told: { type: "talking" } });
  expect(reduce(state, { type: "told", told: { type: "over" } }).turn).toBe("thinking");
  const unsaid = reduce(state, { type: "told", told: { type: "unsaid", id: "a2" } });
  expect(unsaid.lines.map((line) => line.who)).toEqual(["interviewer"]);
});
