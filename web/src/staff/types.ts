/** The replies that the staff pages read: the fields that they use, as docs/api.md and /openapi.json describe them. */

export type Status = "active" | "paused" | "concluded" | "expired";

export type SessionSummary = {
  interview_id: string;
  candidate_name: string;
  candidate_reference: string;
  plan: string;
  status: Status;
  started_at: string;
  turns: number;
  score: number | null;
  needs_review: boolean;
  report: boolean;
  final: boolean;
};

export type SessionList = { sessions: SessionSummary[]; next: string | null };

export type Criterion = {
  criterion: string;
  level: number;
  score: number;
  quote: string;
  rationale: string;
  weight: number | null;
};

export type Grade = {
  score: number;
  level: string;
  confidence: number;
  rationale: string;
  grader: string;
  needs_review: boolean;
  review_reason: string;
  provisional: boolean;
  criteria: Criterion[];
  hint_cost: number;
};

export type GradeVersion = {
  recorded_at: string;
  source: string;
  grade: Grade;
  author: string;
  reason: string;
  seq: number;
};

export type Quote = {
  text: string;
  supports: string;
  found: boolean;
  turn: number | null;
  audio_url: string | null;
  at_s: number | null;
};

export type Answer = {
  turn: number;
  text: string;
  received_at: string;
  asked: string;
  confidence: number | null;
  audio_url: string | null;
  duration_s: number | null;
};

export type Question = {
  number: number;
  question_id: string;
  question_type: string;
  skill: string;
  phase: string;
  prompt: string;
  wording: string;
  core: boolean;
  skipped: boolean;
  graded: boolean;
  answers: Answer[];
  grades: GradeVersion[];
  quotes: Quote[];
  hints_used: number;
  follow_ups: number;
  clarifications: number;
};

export type Skill = {
  skill: string;
  weight: number;
  questions: number;
  mean_score: number | null;
  theta: number | null;
  standard_error: number | null;
  items: number;
  low: number | null;
  high: number | null;
  note: string;
};

export type Finding = {
  question_id: string;
  number: number;
  skill: string;
  score: number;
  text: string;
  tentative: boolean;
  quote: Quote | null;
};

export type Report = {
  interview_id: string;
  version: number;
  final: boolean;
  status: Status;
  candidate: { name: string; reference: string };
  plan: { id: string; title: string; version: string; digest: string };
  language: string;
  started_at: string;
  duration_s: number;
  concluded_because: string;
  weighted_score: number | null;
  skills: Skill[];
  strengths: Finding[];
  gaps: Finding[];
  ask_next: { skill: string; text: string; question_id: string }[];
  needs_review: { question_id: string; number: number; reason: string }[];
  questions: Question[];
  signals: { turn: number; at: string; signal: string; data: Record<string, unknown> }[];
  engines: { tier: string; name: string; uses: number; notice: string }[];
  notices: string[];
  summary: string;
  hints_used: number;
  candidate_questions: {
    turn: number;
    at: string;
    topic: string;
    text: string;
    answered_from: string;
    for_a_person: boolean;
  }[];
};

export type EventRecord = { seq: number; time: string; type: string; data: Record<string, unknown> };

export type EventLog = { interview_id: string; events: EventRecord[] };

export type Ability = { skill: string; theta: number; standard_error: number; items: number };

export type Compared = {
  interview_id: string;
  candidate_name: string;
  candidate_reference: string;
  plan_digest: string;
  status: Status;
  started_at: string;
  score: number | null;
  needs_review: boolean;
  final: boolean;
  abilities: Ability[];
};

export type Comparison = { plan: string; skills: string[]; interviews: Compared[] };

export type Latency = {
  count: number;
  sum_s: number;
  p50_s: number | null;
  p95_s: number | null;
  p99_s: number | null;
  buckets: [number | null, number][];
};

export type PlatformState = {
  version: string;
  tiers: { tier: string; engine: string; model: string; ok: boolean; notice: string; error: string }[];
  shedding: {
    enabled: boolean;
    from_ms: number;
    all_ms: number;
    late_ms: number;
    standing_ms: number;
    refusing: number;
  };
  metrics: {
    live_sessions: number | null;
    started: number;
    ended: number;
    queues: Record<string, number>;
    ready: Record<string, boolean>;
    replicas: string[];
    turns: Latency;
    overhead: Latency;
    stages: Record<string, Latency>;
    requests: number;
    refused: number;
    failed: number;
    fallbacks: { tier: string; to: string; count: number }[];
    tokens: { model: string; kind: string; count: number }[];
    unmetered: number;
    audio_heard_s: number;
    audio_spoken_s: number;
    guardrail_trips: number;
    retries: number;
    failed_items: number;
    store: { up: boolean; memory_bytes: number | null; limit_bytes: number | null; persistence_ok: boolean | null };
  };
};

export type KeyRow = {
  key_id: string;
  label: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
};
