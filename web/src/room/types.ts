/** The replies that the room reads, from the OpenAPI document, and the answers that it sends. */

import type { components } from "../api/generated";

type Schemas = components["schemas"];

/** `Always` is sent in every reply; the server leaves out the rest where it has its default, or is older. */
type Sent<Reply, Always extends keyof Reply> = Pick<Reply, Always> & Partial<Omit<Reply, Always>>;

export type Status = Schemas["InterviewNotice"]["status"];
export type CandidateAction = Schemas["CandidateAction"];
export type Phase = Schemas["CandidateAction"]["next_phase"];
export type QuestionCard = Sent<
  Schemas["QuestionCard"],
  "question_id" | "question_type" | "prompt" | "answer_mode" | "skill"
>;
export type Reply = Omit<Schemas["CandidateResponse"], "question"> & { question: QuestionCard | null };
export type TurnBody = Omit<Sent<Schemas["TurnBody"], "interview_id" | "turn_number">, "interviewer_response"> & {
  interviewer_response: Reply;
};
export type Notice = Schemas["Notice"];
export type InterviewNotice = Schemas["InterviewNotice"];
export type Token = Schemas["TokenReply"];
export type Calculation = Schemas["Calculation"];
export type Heard = Schemas["HeardReply"];
export type CandidateState = Pick<
  Schemas["CandidateState"],
  "interview_id" | "started_at" | "status" | "extra_time_s" | "current_phase" | "hints_used" | "turn_number" | "version"
> &
  Partial<Pick<Schemas["CandidateState"], "pauses" | "paused_by" | "return_by">> & {
    questions_asked: Sent<Schemas["CandidateQuestion"], "question_id">[];
    conversation_history: Sent<Schemas["CandidateTurn"], "role" | "content" | "turn">[];
  };

/** Any event of the candidate's log, also of a type that only a later release knows. */
export type LoggedEvent = { seq: number; time: string; type: string; data: Record<string, unknown> };

/** The question that an answer answers, as the candidate saw it. */
export type AnsweredQuestion = { question_id?: string; turn_number: number };

/**
 * What a candidate answers: words, or a recording; with both the words count, and the recording is kept beside them.
 * `signals` are observations, recorded and never scored.
 */
export type Answer = (Written | Spoken) & {
  /** The question that it answers: an answer to another one is refused. */
  to?: AnsweredQuestion;
  /** A request, such as to repeat the question; the unsent answer stays. */
  request?: boolean;
};
export type Written = { key: string; text: string; audio?: Blob; signals?: Record<string, string | number | boolean> };
type Spoken = { key: string; audio: Blob };

/** `text` as it was understood; `draft` where the candidate has changed it already. */
export type HeardDraft = { text: string; confidence: number; draft?: string };

/** An answer that was not saved. `question`: the words that it answers. */
export type Kept = { question: string; text: string };
