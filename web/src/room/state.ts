/** The room as one pure reducer: what the candidate sees follows from the events alone. */

import type { Problem } from "../api/problem";
import type { LiveReply, LiveStatus, Offer, Told } from "./live/connection";
import type {
  AnsweredQuestion,
  HeardDraft,
  InterviewNotice,
  Kept,
  Phase,
  QuestionCard,
  Reply,
  TurnBody,
} from "./types";

/** What the last reply changed, as it was before. */
type Before = Pick<RoomState, "card" | "asking" | "phase" | "questions" | "hintsLeft" | "hintsTaken">;

/** paused: the candidate has left the interview and may return to it. */
export type Stage = "opening" | "refused" | "arrival" | "check" | "practice" | "interview" | "paused" | "ended";

/**
 * Who acts, and how far an answer is.
 * yours: speak, type or choose. talking: speech is heard by the open microphone. recording → hearing → checking: a spoken answer, until it is sent or thrown away.
 * unheard: its words could not be asked for; the recording is kept, to ask again or to be sent as it is.
 * thinking: sent, no word of the reply yet. replying: its sentences arrive. failed: it can be sent again.
 * paused: a person reviews before the interview goes on.
 */
export type Turn =
  | "yours"
  | "talking"
  | "recording"
  | "hearing"
  | "checking"
  | "unheard"
  | "thinking"
  | "replying"
  | "failed"
  | "paused";

export type Line = {
  id: string;
  who: "interviewer" | "candidate";
  text: string;
  /** Its words may still change. */
  provisional: boolean;
  audioUrl: string | null;
};

export type RoomState = {
  stage: Stage;
  problem: Problem | null;
  notice: InterviewNotice | null;
  turn: Turn;
  lines: readonly Line[];
  card: QuestionCard | null;
  /** The words that are to be answered: the question's, or those of a follow-up to it. */
  asking: string;
  /** Of the last reply. */
  turnNumber: number;
  before: Before | null;
  /** The last reply was not heard and is not shown: its question, which is the current one, will be put again. */
  withdrawn: boolean;
  phase: Phase;
  questions: number;
  hintsLeft: number;
  hintsTaken: number;
  /** The answer is being sent once more; whether it is saved is not known. */
  resending: boolean;
  /** A hint was asked for and has not arrived. */
  hinting: boolean;
  /** On this machine's clock (ms), from the server's remaining time. */
  deadlineAt: number | null;
  /** Seconds that were granted beyond the plan's time. */
  extraS: number;
  /** The pauses that the candidate has taken. */
  pauses: number;
  /** Until when the candidate may return from the pause that lasts (ISO 8601). */
  returnBy: string | null;
  /** The interviewer's voice is playing. */
  speaking: boolean;
  heard: HeardDraft | null;
  /** The conversation with an open microphone. */
  live: LiveStatus;
  /** The words so far of the answer that the open microphone hears. */
  saying: string;
  /** What is offered in a silence, or that no words were understood. */
  offer: Offer | "unclear" | null;
  /** An answer that was not saved, for the candidate to copy. */
  kept: Kept | null;
  /** The interviewer's last words, where this page heard them. */
  closing: string | null;
  practised: string | null;
  /** The interview is being started. */
  starting: boolean;
  /** Why the last action did not work, while the candidate can go on. */
  trouble: Problem | null;
};

export type Resumed = Pick<
  RoomState,
  | "lines"
  | "card"
  | "asking"
  | "turnNumber"
  | "phase"
  | "questions"
  | "hintsLeft"
  | "hintsTaken"
  | "deadlineAt"
  | "extraS"
  | "pauses"
  | "returnBy"
> & { paused: boolean };

type LiveNews =
  | "status"
  | "talking"
  | "caption"
  | "talked"
  | "transcribed"
  | "unclear"
  | "sentence"
  | "cut"
  | "withdrew"
  | "over"
  | "unsaid"
  | "offered"
  | "resent";

export type RoomEvent =
  | { type: "opened"; notice: InterviewNotice }
  | { type: "refused"; problem: Problem | null }
  | { type: "resumed"; from: Resumed }
  | { type: "went"; to: "arrival" | "check" | "practice" }
  | { type: "startFailed"; problem: Problem }
  | { type: "replied"; body: TurnBody; at: number }
  | { type: "hintAsked" }
  | { type: "hinted"; body: TurnBody; at: number }
  | { type: "hintFailed"; problem: Problem }
  | { type: "recordingStarted" }
  | { type: "recordingStopped" }
  | { type: "heard"; text: string; confidence: number }
  | { type: "notHeard"; problem: Problem }
  | { type: "transcriptRetried" }
  | { type: "discarded" }
  | { type: "sent"; id: string; text: string }
  | { type: "sentence"; index: number; text: string }
  | { type: "sendFailed"; problem: Problem }
  | { type: "timeGranted"; extraS: number; deadlineAt: number | null }
  | { type: "retried" }
  /** `heard`: the words of a recording that is checked again. `unheard`: a recording without words. */
  | { type: "withdrawn"; heard?: HeardDraft | null; unheard?: boolean }
  | { type: "startAsked" }
  | { type: "practised"; text: string }
  | { type: "voice"; on: boolean }
  | { type: "told"; told: Extract<Told, { type: LiveNews }> }
  | { type: "liveEnded"; problem: Problem | null }
  | { type: "leaving" }
  | { type: "left"; pauses: number; returnBy: string }
  | { type: "troubled"; problem: Problem }
  | { type: "kept"; kept: Kept | null }
  /** Words that were understood and not sent before a reload; their recording is gone. */
  | { type: "heardAgain"; heard: HeardDraft }
  /** `closing`: the interviewer's last words, where this page ended the interview. */
  | { type: "ended"; closing?: string };

export const OPENING: RoomState = {
  stage: "opening",
  problem: null,
  notice: null,
  turn: "yours",
  lines: [],
  card: null,
  asking: "",
  turnNumber: 0,
  before: null,
  withdrawn: false,
  phase: "intro",
  questions: 0,
  hintsLeft: 0,
  hintsTaken: 0,
  resending: false,
  hinting: false,
  deadlineAt: null,
  extraS: 0,
  pauses: 0,
  returnBy: null,
  speaking: false,
  heard: null,
  live: "off",
  saying: "",
  offer: null,
  kept: null,
  closing: null,
  practised: null,
  starting: false,
  trouble: null,
};

/** The id of the interviewer's line that is being received. */
const ARRIVING = "arriving";
/** Stands for the words of a spoken answer until they are known; the page says so in its language. */
export const SPOKEN = "";

export function reduce(state: RoomState, event: RoomEvent): RoomState {
  switch (event.type) {
    case "opened":
      return { ...state, notice: event.notice, problem: null, stage: stageOf(event.notice) };
    case "refused":
      return { ...state, stage: "refused", problem: event.problem };
    case "resumed": {
      const { paused, ...from } = event.from;
      if (from.returnBy !== null) return { ...away(state), ...from };
      const talking = !paused && state.live !== "off" && state.turn === "talking" && !tookAnswer(state, from.lines);
      return {
        ...state,
        ...from,
        before: null,
        withdrawn: false,
        stage: "interview",
        starting: false,
        turn: paused ? "paused" : talking ? "talking" : "yours",
      };
    }
    case "went":
      return { ...state, stage: event.to, turn: "yours", heard: null, trouble: null };
    case "startAsked":
      return { ...state, starting: true, trouble: null };
    case "startFailed":
      return { ...state, starting: false, trouble: event.problem };
    case "replied":
      return replied(state, event.body, event.at);
    case "hinted":
      return { ...hinted(state, event.body, event.at), hinting: false, hintsTaken: state.hintsTaken + 1 };
    case "hintAsked":
      return { ...state, hinting: true };
    case "hintFailed":
      return { ...state, hinting: false, trouble: event.problem };
    case "recordingStarted":
      return mayRecord(state) ? { ...state, turn: "recording", trouble: null, speaking: false } : state;
    case "recordingStopped":
      return state.turn === "recording" ? { ...state, turn: "hearing" } : state;
    case "heard":
      if (state.turn !== "hearing") return state; // thrown away meanwhile
      return { ...state, turn: "checking", heard: { text: event.text, confidence: event.confidence } };
    case "notHeard":
      if (state.turn !== "hearing") return state;
      return { ...state, turn: refusesRecording(event.problem) ? "yours" : "unheard", trouble: event.problem };
    case "transcriptRetried":
      return state.turn === "unheard" ? { ...state, turn: "hearing", trouble: null } : state;
    case "discarded":
      return isAnswering(state.turn) ? { ...state, turn: "yours", heard: null, trouble: null } : state;
    case "sent":
      return sent(state, event.id, event.text);
    case "sentence":
      return sentence(state, event.index, event.text);
    case "sendFailed":
      return {
        ...state,
        turn: "failed",
        resending: false,
        trouble: event.problem,
        lines: without(state.lines, ARRIVING),
      };
    case "timeGranted":
      return { ...state, extraS: event.extraS, deadlineAt: event.deadlineAt };
    case "retried":
      return state.turn === "failed" ? { ...state, turn: "thinking", resending: true, trouble: null } : state;
    case "withdrawn":
      return {
        ...answerless(state),
        turn: event.heard ? "checking" : event.unheard ? "unheard" : "yours",
        heard: event.heard ?? null,
        trouble: null,
      };
    case "practised":
      return { ...state, practised: event.text, turn: "yours", heard: null };
    case "voice":
      return { ...state, speaking: event.on };
    case "told":
      return told(state, event.told);
    case "liveEnded": {
      const turn = state.turn === "talking" ? "yours" : state.turn;
      const trouble = event.problem ?? state.trouble;
      return { ...state, live: "off", turn, saying: "", offer: null, speaking: false, trouble };
    }
    case "troubled":
      return { ...state, starting: false, trouble: event.problem };
    case "leaving":
      return { ...state, starting: true, trouble: null };
    case "left":
      return { ...away(state), pauses: event.pauses, returnBy: event.returnBy };
    case "ended":
      return { ...state, stage: "ended", turn: "yours", speaking: false, closing: event.closing ?? state.closing };
    case "kept":
      return { ...state, kept: event.kept };
    case "heardAgain":
      return mayAnswer(state) ? { ...state, turn: "checking", heard: event.heard } : state;
  }
}

/** The cost of the next hint in [0, 1]; null where there is none, or the server does not tell. */
export function nextHintCost(state: RoomState): number | null {
  if (state.hintsLeft === 0) return null;
  return state.card?.hint_costs?.[state.hintsTaken] ?? null;
}

/** Whether the recording itself is at fault: empty, too large, not sound, or without speech. */
function refusesRecording(problem: Problem): boolean {
  return !problem.retryable && [400, 413, 415, 422].includes(problem.status);
}

/** The page while the candidate is away. */
function away(state: RoomState): RoomState {
  return { ...state, stage: "paused", turn: "paused", starting: false, speaking: false, heard: null, trouble: null };
}

/** How often the candidate may still pause. */
export function pausesLeft({ notice, pauses }: RoomState): number {
  return Math.max(0, (notice?.notice.pauses ?? 0) - pauses);
}

/** Whether the candidate may begin an answer now. */
export function mayAnswer(state: RoomState): boolean {
  return state.turn === "yours";
}

/** Whether an answer in writing may be sent; it takes the place of what the open microphone hears. */
export function mayType(state: RoomState): boolean {
  return mayAnswer(state) || state.turn === "talking" || state.turn === "checking";
}

/** Whether a recording may begin: it is the candidate's turn on a page that shows that it records. */
export function mayRecord(state: RoomState): boolean {
  return (
    mayAnswer(state) &&
    state.live === "off" &&
    (state.stage === "check" || state.stage === "practice" || state.stage === "interview")
  );
}

function isAnswering(turn: Turn): boolean {
  return turn === "recording" || turn === "hearing" || turn === "checking" || turn === "unheard";
}

function stageOf(notice: InterviewNotice): Stage {
  switch (notice.status) {
    case "invited":
      return "arrival";
    case "active":
    case "paused":
      return "opening"; // until the conversation is there
    case "concluded":
    case "expired":
      return "ended";
  }
}

function replied(state: RoomState, body: TurnBody, at: number): RoomState {
  const reply = body.interviewer_response;
  const isNew = reply.question !== null && reply.question.question_id !== state.card?.question_id;
  const transcript = body.transcript?.text;
  const lines = without(state.lines, ARRIVING).map((line) => settled(line, transcript));
  const ended = !reply.should_continue && reply.action.action_type === "conclude";
  return {
    ...state,
    stage: ended ? "ended" : "interview",
    turn: reply.should_continue || ended ? (state.turn === "talking" ? "talking" : "yours") : "paused",
    lines: [
      ...lines,
      {
        id: `reply-${body.turn_number}-${lines.length}`,
        who: "interviewer",
        text: reply.text,
        provisional: false,
        audioUrl: reply.audio_url,
      },
    ],
    card: reply.question ?? state.card,
    asking: askedBy(reply, isNew) ?? state.asking,
    turnNumber: body.turn_number,
    before: before(state),
    withdrawn: false,
    closing: ended ? reply.text : state.closing,
    returnBy: null,
    starting: false,
    phase: reply.action.next_phase,
    questions: state.questions + (isNew ? 1 : 0),
    resending: false,
    hintsLeft: reply.hints_left,
    hintsTaken: isNew ? 0 : state.hintsTaken,
    deadlineAt: at + reply.time_left_s * 1000,
    heard: null,
    trouble: null,
    offer: null,
  };
}

function before({ card, asking, phase, questions, hintsLeft, hintsTaken }: RoomState): Before {
  return { card, asking, phase, questions, hintsLeft, hintsTaken };
}

/** The reply to an answer that went on: the answer is saved, and of the reply nothing is shown. */
function withdrew(state: RoomState, reply: LiveReply): RoomState {
  const wasShown = state.turnNumber === reply.turn_number && !state.withdrawn;
  const lines = without(state.lines, ARRIVING).map((line) => settled(line, undefined));
  const shown = wasShown ? lines.findLast((line) => line.who === "interviewer") : undefined;
  return {
    ...state,
    ...(wasShown && state.before),
    lines: shown === undefined ? lines : without(lines, shown.id),
    turnNumber: reply.turn_number,
    withdrawn: true,
    resending: false,
  };
}

/** The words that `reply` asks to be answered; null where those before it stay, as after a hint or an explanation. */
function askedBy(reply: Reply, isNew: boolean): string | null {
  if (reply.action.action_type === "ask_followup") return reply.follow_up || reply.text;
  if (isNew || reply.action.action_type === "new_question") return reply.question?.prompt ?? reply.text;
  return null;
}

/** The question that an answer answers, as the candidate sees it. */
export function answeredQuestion({ card, turnNumber, withdrawn }: RoomState): AnsweredQuestion {
  return { turn_number: turnNumber, ...(card && !withdrawn && { question_id: card.question_id }) };
}

/** Whether leaving the page now would lose something that was said. */
export function holdsSpeech(state: RoomState): boolean {
  return state.stage === "interview" && (state.turn === "talking" || isAnswering(state.turn));
}

/** The news of a conversation with an open microphone. */
function told(state: RoomState, news: Extract<Told, { type: LiveNews }>): RoomState {
  switch (news.type) {
    case "status":
      return { ...state, live: news.status, offer: null };
    case "talking":
      if (state.turn === "paused" || state.stage !== "interview") return state;
      if (state.turn === "talking") return state;
      return { ...state, turn: "talking", saying: "", offer: null, speaking: false, trouble: null };
    case "caption":
      return { ...state, saying: state.saying + news.text };
    case "talked": {
      if (state.turn === "paused" || state.stage !== "interview") return state;
      const line: Line = {
        id: news.id,
        who: "candidate",
        text: state.saying.trim() || SPOKEN,
        provisional: true,
        audioUrl: null,
      };
      return { ...state, turn: "thinking", saying: "", offer: null, lines: [...without(state.lines, news.id), line] };
    }
    case "transcribed":
      return {
        ...state,
        lines: state.lines.map((line) => (line.id === news.id ? { ...line, text: news.text } : line)),
      };
    case "unclear":
      return { ...answerless(state), turn: state.turn === "thinking" ? "yours" : state.turn, offer: "unclear" };
    case "sentence":
      return sentence(state, news.index, news.text);
    case "cut":
      return { ...state, lines: without(state.lines, ARRIVING) };
    case "withdrew":
      return withdrew(state, news.reply);
    case "over":
      return { ...state, turn: state.turn === "talking" ? "thinking" : state.turn, saying: "", offer: null };
    case "unsaid":
      return { ...state, lines: without(state.lines, news.id) };
    case "offered":
      return state.turn === "yours" ? { ...state, offer: news.offer } : state;
    case "resent":
      return { ...answerless(state), turn: "talking" };
  }
}

/** Whether the server has an answer that this page has not. */
function tookAnswer(state: RoomState, lines: readonly Line[]): boolean {
  const answers = (of: readonly Line[]) => of.filter((line) => line.who === "candidate" && !line.provisional).length;
  return answers(lines) > answers(state.lines);
}

/** Without the candidate's lines that have no reply. */
function answerless(state: RoomState): RoomState {
  return { ...state, lines: state.lines.filter((line) => !line.provisional) };
}

/** A hint stands before an answer that was begun meanwhile, and leaves that answer as it is. */
function hinted(state: RoomState, body: TurnBody, at: number): RoomState {
  const after = replied(state, body, at);
  if (state.turn === "yours" || after.turn === "paused" || after.stage === "ended") return after;
  const settledLines = state.lines.filter((line) => !line.provisional);
  const answer = state.lines.filter((line) => line.provisional);
  return {
    ...after,
    turn: state.turn,
    heard: state.heard,
    trouble: state.trouble,
    lines: [...settledLines, ...after.lines.slice(-1), ...answer],
  };
}

/** The candidate's last line is final once it is answered; a recording's words are those that count. */
function settled(line: Line, transcript: string | undefined): Line {
  if (!line.provisional) return line;
  return { ...line, provisional: false, text: transcript || line.text };
}

function sent(state: RoomState, id: string, text: string): RoomState {
  if (state.turn === "thinking" || state.turn === "replying" || state.turn === "paused") return state;
  const line: Line = { id, who: "candidate", text, provisional: true, audioUrl: null };
  return {
    ...state,
    turn: "thinking",
    resending: state.turn === "failed",
    speaking: false,
    trouble: null,
    heard: null,
    saying: "",
    offer: null,
    lines: [...without(state.lines, id), line],
  };
}

function sentence(state: RoomState, index: number, text: string): RoomState {
  if (state.turn !== "thinking" && state.turn !== "replying") return state;
  const before = index > 0 ? (state.lines.find((line) => line.id === ARRIVING)?.text ?? "") : "";
  const line: Line = {
    id: ARRIVING,
    who: "interviewer",
    text: before === "" ? text : `${before} ${text}`,
    provisional: true,
    audioUrl: null,
  };
  return { ...state, turn: "replying", resending: false, lines: [...without(state.lines, ARRIVING), line] };
}

function without(lines: readonly Line[], id: string): readonly Line[] {
  return lines.filter((line) => line.id !== id);
}
