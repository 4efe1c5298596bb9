/** The interview as it was said: its utterances in order, with their recordings. */
import type { EventRecord } from "../staff/types";

export type Utterance = {
  /** The event's number in the log. */
  seq: number;
  speaker: "interviewer" | "candidate";
  text: string;
  audioUrl: string | null;
  /** Seconds since the start of the interview. */
  at: number;
  /** Seconds; where the log has none, estimated from the length of the text. */
  duration: number;
  turn: number;
};

/** Characters that a voice says in a second, about. */
const CHARS_PER_S = 15;

export function timeline(events: readonly EventRecord[]): Utterance[] {
  const start = Date.parse(events[0]?.time ?? "");
  const said: Utterance[] = [];
  for (const event of events) {
    const { data } = event;
    const at = (Date.parse(event.time) - start) / 1000;
    const turn = Number(data.turn ?? 0);
    if (event.type === "response.sent") {
      const text = String(data.text ?? "");
      said.push({ ...base(event.seq, at, turn, text), speaker: "interviewer", audioUrl: url(data.audio_url) });
    } else if (event.type === "response.heard") {
      const cut = said.findLast((one) => one.speaker === "interviewer");
      if (cut === undefined) continue;
      cut.text = String(data.text ?? "");
      cut.duration = estimated(cut.text);
    } else if (event.type === "answer.received") {
      const text = typeof data.text === "string" ? data.text : "";
      const audio = (data.audio ?? data.recording) as { url?: unknown; duration_s?: unknown } | null | undefined;
      const known = Number(audio?.duration_s ?? 0);
      const utterance = {
        ...base(event.seq, at, turn, text),
        speaker: "candidate",
        audioUrl: url(audio?.url),
      } as const;
      said.push(known > 0 ? { ...utterance, duration: known } : utterance);
    } else if (event.type === "answer.transcribed") {
      const answer = said.findLast((one) => one.speaker === "candidate" && one.turn === turn);
      if (answer === undefined) continue;
      answer.text ||= String(data.text ?? "");
      const duration = Number(data.duration_s ?? 0);
      answer.duration = duration > 0 ? duration : estimated(answer.text);
    }
  }
  return said;
}

function base(seq: number, at: number, turn: number, text: string) {
  return { seq, at, turn, text, duration: estimated(text) };
}

function estimated(text: string): number {
  return Math.max(1, text.length / CHARS_PER_S);
}

/** Recordings are the platform's own paths; nothing else is played. */
function url(value: unknown): string | null {
  return typeof value === "string" && value.startsWith("/session/audio/") ? value : null;
}
