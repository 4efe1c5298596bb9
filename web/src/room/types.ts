/** The parts of the API that the room reads, as the server sends them (`/openapi.json`). */

export type Status = "invited" | "active" | "paused" | "concluded" | "expired";
export type Phase = "intro" | "technical" | "behavioral" | "closing";

export type QuestionCard = {
  question_id: string;
  question_type: string;
  prompt: string;
  answer_mode: "spoken" | "choice" | "number" | "formula" | "text";
  skill: string;
  options?: { id: string; text: string }[];
  columns?: string[];
  multiple?: boolean;
  items?: string[];
  hint_costs?: number[];
};

export type Reply = {
  text: string;
  action: { action_type: string; next_phase: Phase };
  should_continue: boolean;
  audio_url: string | null;
  question: QuestionCard | null;
  hints_left: number;
  time_left_s: number;
};

export type TurnBody = {
  interview_id: string;
  turn_number: number;
  interviewer_response: Reply;
  transcript?: { text: string; confidence?: number | null };
};

export type Notice = {
  title: string;
  role: string;
  language: string;
  consent_text: string;
  time_budget_s: number;
  hint_budget: number;
};

export type InterviewNotice = {
  interview_id: string;
  status: Status;
  candidate_name: string;
  voice: boolean;
  notice: Notice;
};

export type Token = { access_token: string; expires_in: number; interview_id: string; status: Status };

export type Utterance = {
  role: "interviewer" | "candidate";
  content: string;
  turn: number;
  audio_url?: string;
  confidence?: number;
};

export type CandidateState = {
  interview_id: string;
  started_at: string;
  status: Status;
  current_phase: Phase;
  questions_asked: { question_id: string; hints?: number }[];
  hints_used: number;
  turn_number: number;
  version: number;
  conversation_history: Utterance[];
};

export type LoggedEvent = { seq: number; time: string; type: string; data: Record<string, unknown> };

export type Heard = { text: string; confidence: number; duration_s: number };
