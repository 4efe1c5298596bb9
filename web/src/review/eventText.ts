/** Events of the log as one line for people, and the groups to filter them by. */
import type { EventRecord } from "../staff/types";

export type Group = "words" | "decisions" | "grades" | "tools" | "incidents" | "course";

export const GROUPS: Record<Group, string> = {
  words: "Words",
  decisions: "Decisions",
  grades: "Grades",
  tools: "Tools",
  incidents: "Rules, fallbacks, signals",
  course: "Start, pauses, end",
};

const GROUP_OF: Record<string, Group> = {
  "answer.received": "words",
  "answer.transcribed": "words",
  "response.sent": "words",
  "response.heard": "words",
  "help.offered": "words",
  "candidate.asked": "words",
  "plan.made": "decisions",
  "question.reopened": "decisions",
  "reflection.noted": "decisions",
  "grade.recorded": "grades",
  "difficulty.updated": "grades",
  "tool.called": "tools",
  "tool.returned": "tools",
  "guardrail.tripped": "incidents",
  "fallback.entered": "incidents",
  "integrity.noted": "incidents",
};

/** The events that follow each other in the course of the interview are the rest. */
export function groupOf(event: EventRecord): Group {
  return GROUP_OF[event.type] ?? "course";
}

export function summaryOf({ type, data }: EventRecord): string {
  switch (type) {
    case "answer.received":
      return typeof data.text === "string" ? `Typed: ${data.text}` : "A recording arrived";
    case "answer.transcribed":
      return data.failure ? `Not transcribed: ${data.failure}` : `Heard: ${data.text}`;
    case "response.sent":
      return `Said: ${data.text}`;
    case "response.heard":
      return data.text ? `Interrupted after: ${data.text}` : "Interrupted before a word was heard";
    case "help.offered":
      return `Offered in a silence: ${data.text}`;
    case "candidate.asked":
      return `Asked: ${data.text}`;
    case "plan.made":
      return `${actionOf(data.action)} (${data.source})`;
    case "grade.recorded": {
      const grade = (data.grade ?? {}) as { score?: unknown; level?: unknown; grader?: unknown };
      const by = data.source === "override" ? `${data.author}: ${data.reason}` : String(grade.grader);
      return `${data.question_id}: ${Number(grade.score).toFixed(2)} ${grade.level}, by ${by}`;
    }
    case "difficulty.updated":
      return `${data.skill}: ability ${Number(data.theta).toFixed(2)} ± ${Number(data.standard_error).toFixed(2)}`;
    case "tool.called":
      return `${data.tool} called`;
    case "tool.returned":
      return data.error ? `${data.tool} failed` : `${data.tool} returned`;
    case "guardrail.tripped":
      return `Rule ${data.rule}: ${data.action}`;
    case "fallback.entered":
      return `${data.tier}: ${data.to} serves instead. ${data.reason}`;
    case "integrity.noted":
      return `Signal: ${data.signal}`;
    case "question.reopened":
      return `Back to ${data.question_id}`;
    case "reflection.noted":
      return "Noted what was learned";
    case "session.started":
      return "The interview began";
    case "session.paused":
      return `Paused: ${data.reason}`;
    case "session.resumed":
      return "Resumed";
    case "time.granted":
      return `${data.author} added ${Math.round(Number(data.extra_s) / 60)} minutes: ${data.reason}`;
    case "session.concluded":
      return `Ended by ${data.by}: ${data.reason}`;
    case "report.ready":
      return "The report is ready";
    default:
      return type;
  }
}

function actionOf(action: unknown): string {
  const { action_type, reasoning } = (action ?? {}) as { action_type?: unknown; reasoning?: unknown };
  return `${String(action_type ?? "decided").replaceAll("_", " ")}: ${String(reasoning ?? "")}`;
}

/** Events of the chosen groups whose line, type or data holds the words, in any case. */
export function matching(events: readonly EventRecord[], groups: ReadonlySet<Group>, words: string): EventRecord[] {
  const wanted = words.trim().toLowerCase();
  return events.filter(
    (event) =>
      groups.has(groupOf(event)) &&
      (!wanted || `${event.type} ${summaryOf(event)} ${JSON.stringify(event.data)}`.toLowerCase().includes(wanted)),
  );
}
