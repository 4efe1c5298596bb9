/** The interview as a conversation over `/v1/realtime`: one socket at a time, opened again where it is lost. */

import { type Problem, problemFrom } from "../../api/problem";
import { toBase64 } from "../../audio/pcm";
import type { Reply } from "../types";
import { Uplink } from "./uplink";

/** off: no conversation. connecting: the first socket. lost: it dropped, and is opened again. */
export type LiveStatus = "off" | "connecting" | "on" | "lost";

/** What the server offers in a silence. */
export type Offer = "take_your_time" | "nudge" | "repeat_or_skip" | "pause";

export type Action = "hint" | "repeat" | "skip";

/** `withdrawn`: the candidate went on with the answer before this reply to it was heard. */
export type LiveReply = Reply & { turn_number: number; withdrawn?: boolean };

/** What happens in the conversation, in words that the room knows. */
export type Told =
  | { type: "status"; status: LiveStatus }
  | { type: "talking" }
  | { type: "caption"; text: string }
  | { type: "talked"; id: string }
  | { type: "transcribed"; id: string; text: string }
  | { type: "unclear" }
  | { type: "sentence"; index: number; text: string }
  | { type: "replied"; reply: LiveReply; to: "hint" | "answer" }
  /** The reply was cut; its words follow with "replied" once its turn is known. */
  | { type: "cut" }
  /** The reply was not heard and does not count: its question will be put again. */
  | { type: "withdrew"; reply: LiveReply }
  /** The interview is over: what is said now is no answer. The interviewer's last words follow. */
  | { type: "over" }
  /** An answer is not part of the interview. */
  | { type: "unsaid"; id: string }
  | { type: "failed"; problem: Problem; of: "hint" | "answer" }
  | { type: "offered"; offer: Offer }
  /** The log has what this page has not seen. */
  | { type: "missed" }
  /** An answer that no server has is sent again from its beginning. */
  | { type: "resent" }
  | { type: "gaveUp"; problem: Problem };

export type LiveSocket = {
  send: (text: string) => void;
  close: () => void;
  onmessage: ((text: string) => void) | null;
  onclose: ((code: number, reason: string) => void) | null;
};

export type LivePorts = {
  /** A secret for one socket; rejects with ApiError. */
  secret: () => Promise<string>;
  open: (query: string, secret: string) => LiveSocket;
  play: (item: string, audio: string) => void;
  /** No more of an item's sound follows. */
  played: () => void;
  /** Falls silent; how much of which item was heard. */
  stopPlaying: () => { item: string; heardMs: number } | null;
  /** Whether the log has an answer after `seq`. */
  answered: (seq: number) => Promise<boolean>;
  tell: (told: Told) => void;
  now: () => number;
  wait: (ms: number) => Promise<void>;
};

export type LiveSettings = { speaks: boolean; patient: boolean };

type Outstanding = { id: string; since: number; text: string | null };

// biome-ignore lint/suspicious/noExplicitAny: events of a versioned protocol, read field by field
type ServerEvent = { type: string; [field: string]: any };

const RETRY_MS = [300, 1000, 2000, 4000, 8000, 8000, 8000, 8000];
/** Another connection to this interview was opened: two pages must not evict each other for ever. */
const SUPERSEDED = "superseded";
/** A connection that lasts so long, or brings a reply, is stable: the next loss begins with the shortest wait. */
const STABLE_MS = 10_000;
const UNAUTHENTICATED = 3000;
const REFUSED = 4000;

export class LiveInterview {
  #ports: LivePorts;
  #uplink: Uplink;
  #settings: LiveSettings;
  #socket: LiveSocket | null = null;
  #session: string | null = null;
  #seq = 0;
  /** The last event seen on the connection that dropped. */
  #droppedAt = 0;
  #ready = false;
  /** A response is being sent. */
  #active = false;
  #closed = false;
  #attempt = 0;
  /** When the session began on this connection, in ms; null before that. */
  #onSince: number | null = null;
  #outstanding: Outstanding | null = null;
  /** The item of the answer that is being spoken. */
  #speaking = "";
  #hint: string | null = null;
  #sentences = 0;
  #refusal: { code: string; message: string; retryAfterS: number | null } | null = null;

  constructor(ports: LivePorts, settings: LiveSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#uplink = new Uplink(ports.now());
  }

  /** Connects; from then on it keeps itself connected. `seq` is the last event that the page has seen. */
  async start(seq: number): Promise<void> {
    if (this.#closed) return;
    this.#seq = seq;
    this.#ports.tell({ type: "status", status: "connecting" });
    await this.#connect();
  }

  /** `playsOut`: what has arrived of the interviewer's words is still heard. */
  close(playsOut = false): void {
    this.#closed = true;
    this.#ready = false;
    if (!playsOut) this.#ports.stopPlaying();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** The microphone's next samples, at 24 kHz. */
  hear(samples: Int16Array): void {
    this.#uplink.push(samples);
    this.#flush();
  }

  /** Answers in writing; what was being said is thrown away. The same `id` is the same answer. */
  type(id: string, text: string): void {
    this.#outstanding = { id, since: this.#seq, text };
    this.#uplink.cleared();
    if (!this.#ready) return; // the next connection sends it
    this.#cut();
    this.#send("input_audio_buffer.clear");
    this.#sendTyped(id, text);
  }

  act(action: Action, id: string): void {
    if (action === "hint") this.#hint = id;
    this.#cut();
    this.#send("response.create", { event_id: id, response: { metadata: { action } } });
  }

  /** The candidate has finished, whatever the pause. */
  finish(): void {
    this.#send("input_audio_buffer.commit", { event_id: "finish" });
    this.#send("response.create", { event_id: "finish" });
  }

  /** Gives an answer that failed once more. */
  retry(): void {
    this.#send("response.create", { event_id: "retry" });
  }

  /** The interviewer falls silent; the turn stays. */
  silence(): void {
    this.#cut();
  }

  configure(settings: LiveSettings): void {
    this.#settings = settings;
    if (this.#ready) this.#sendSettings();
  }

  async #connect(): Promise<void> {
    let secret: string;
    try {
      secret = await this.#ports.secret();
    } catch (error) {
      if (this.#closed) return;
      const problem = problemFrom(error);
      if (problem.retryable) await this.#again(problem.retryAfterS);
      else this.#giveUp(problem);
      return;
    }
    if (this.#closed) return;
    const query = this.#session === null ? `?after=${this.#seq}` : `?resume=${this.#session}&after=${this.#seq}`;
    const socket = this.#ports.open(query, secret);
    this.#socket = socket;
    this.#onSince = null;
    this.#refusal = null;
    socket.onmessage = (text) => {
      if (this.#socket === socket) this.#received(JSON.parse(text) as ServerEvent);
    };
    socket.onclose = (code, reason) => {
      if (this.#socket === socket) void this.#dropped(code, reason);
    };
  }

  async #dropped(code: number, reason: string): Promise<void> {
    this.#socket = null;
    this.#ready = false;
    this.#droppedAt = this.#seq;
    if (this.#closed) return;
    if (this.#onSince !== null && this.#ports.now() - this.#onSince >= STABLE_MS) this.#attempt = 0;
    this.#onSince = null;
    const refusal = this.#refusal;
    const detail = refusal?.message ?? "The conversation was closed by the server.";
    const problem = { status: 0, title: "", detail, retryable: false, retryAfterS: null };
    if (reason.startsWith(SUPERSEDED)) this.#giveUp({ ...problem, code: SUPERSEDED });
    else if (code === REFUSED || (code === UNAUTHENTICATED && this.#attempt > 0)) {
      this.#giveUp({ ...problem, code: refusal?.code ?? "refused" });
    } else await this.#again(refusal?.retryAfterS ?? null);
  }

  async #again(afterS: number | null): Promise<void> {
    const wait = RETRY_MS[this.#attempt];
    this.#attempt += 1;
    if (wait === undefined) {
      const detail = "The connection did not come back.";
      this.#giveUp({ status: 0, code: "lost", title: "", detail, retryable: true, retryAfterS: null });
      return;
    }
    if (this.#session !== null) this.#ports.tell({ type: "status", status: "lost" });
    await this.#ports.wait(Math.max(wait, (afterS ?? 0) * 1000));
    if (!this.#closed) await this.#connect();
  }

  #giveUp(problem: Problem): void {
    this.close();
    this.#ports.tell({ type: "gaveUp", problem });
  }

  #received(event: ServerEvent): void {
    const { tell } = this.#ports;
    if (typeof event.seq === "number") this.#seq = Math.max(this.#seq, event.seq);
    switch (event.type) {
      case "session.created":
        void this.#created(event.session);
        break;
      case "session.updated": {
        const about = event.session.interview;
        if (about.status === "concluded" || about.status === "expired") tell({ type: "over" });
        if (about.offer !== undefined) tell({ type: "offered", offer: about.offer });
        if (about.reply !== undefined) this.#replied(about.reply, about.seq);
        break;
      }
      case "conversation.item.added":
        // within a response an item has no number before it is done: this one was replayed
        if (typeof event.seq === "number") tell({ type: "missed" });
        break;
      case "input_audio_buffer.speech_started":
        this.#truncate(this.#ports.stopPlaying());
        this.#uplink.answerBegan(event.audio_start_ms);
        this.#speaking = event.item_id;
        tell({ type: "talking" });
        break;
      case "input_audio_buffer.committed":
        this.#uplink.committed();
        this.#outstanding = { id: event.item_id, since: this.#seq, text: null };
        tell({ type: "talked", id: event.item_id });
        break;
      case "conversation.item.deleted":
        tell({ type: "unsaid", id: event.item_id });
        break;
      case "conversation.item.input_audio_transcription.delta":
        tell({ type: "caption", text: event.delta });
        break;
      case "conversation.item.input_audio_transcription.completed":
        tell({ type: "transcribed", id: event.item_id, text: event.transcript });
        break;
      case "conversation.item.input_audio_transcription.failed":
        this.#settled();
        tell({ type: "unclear" });
        break;
      case "response.created":
        this.#active = true;
        this.#sentences = 0;
        break;
      case "response.output_audio_transcript.delta":
      case "response.output_text.delta":
        tell({ type: "sentence", index: this.#sentences, text: event.delta.trim() });
        this.#sentences += 1;
        break;
      case "response.output_audio.delta":
        this.#ports.play(event.item_id, event.delta);
        break;
      case "response.output_audio.done":
        this.#ports.played();
        break;
      case "response.done":
        this.#responded(event.response);
        break;
      case "error":
        this.#refused(event.error);
        break;
    }
  }

  async #created(session: ServerEvent): Promise<void> {
    const before = this.#session;
    const same = before === session.id;
    this.#session = session.id;
    this.#active = false;
    this.#onSince = this.#ports.now();
    this.#sendSettings();
    if (before === null) this.#uplink.began();
    else {
      this.#ports.tell({ type: "missed" });
      await this.#recover(this.#socket, same, session.interview.audio_ms_received);
    }
    if (this.#socket === null || this.#session !== session.id) return; // it dropped again meanwhile
    this.#ready = true;
    this.#ports.tell({ type: "status", status: "on" });
    this.#flush();
  }

  /** What the dropped connection left open: an answer without its reply, and audio that has not arrived. */
  async #recover(socket: LiveSocket | null, same: boolean, receivedMs: number): Promise<void> {
    const open = this.#outstanding ?? this.#begun();
    const spokenElsewhere = this.#outstanding !== null && this.#outstanding.text === null && !same;
    const known = open !== null && (await this.#known(open, spokenElsewhere ? 3 : 1));
    if (this.#socket !== socket) return;
    if (known) {
      this.#uplink.cleared();
      this.#settled();
    }
    if (same) this.#uplink.resumed(receivedMs);
    else this.#uplink.began();
    if (open === null || known) return;
    // the same item: if another server takes it after all, this one refuses the repetition
    if (!same && open.text === null) this.#send("input_audio_buffer.clear", { item_id: open.id });
    if (this.#outstanding === null) return;
    if (open.text !== null) this.#sendTyped(open.id, open.text);
    else if (same) this.retry();
    else {
      this.#outstanding = null;
      this.#ports.tell({ type: "resent" });
    }
  }

  /** The answer that was being spoken: the server may have taken it as the connection dropped. */
  #begun(): Outstanding | null {
    return this.#uplink.answering ? { id: this.#speaking, since: this.#droppedAt, text: null } : null;
  }

  /**
   * Whether the log has the answer; another process may be about to write it. A failed look is no answer and is
   * repeated; after the last one the answer is sent under its own id, which is safe also where the log has it.
   */
  async #known(open: Outstanding, tries: number): Promise<boolean> {
    const socket = this.#socket;
    let left = tries;
    let failures = 0;
    while (this.#socket === socket) {
      let wait = 1000;
      try {
        if (await this.#ports.answered(open.since)) return true;
        left -= 1;
        if (left === 0) return false;
      } catch {
        const longer = RETRY_MS[failures];
        if (longer === undefined) return false;
        wait = longer;
        failures += 1;
      }
      await this.#ports.wait(wait);
    }
    return false;
  }

  /** Another server has recorded this answer: the next connection brings its reply. */
  #recordedElsewhere(): void {
    this.#settled();
    this.#socket?.close();
    void this.#dropped(1000, "");
  }

  #responded(response: ServerEvent): void {
    this.#active = false;
    if (response.interview !== undefined) {
      this.#replied(response.interview, null);
      return;
    }
    if (response.status === "cancelled") this.#ports.tell({ type: "cut" });
    if (response.status !== "failed") return;
    this.#failed(this.#hint === null ? "answer" : "hint", response.status_details?.error ?? {});
  }

  #failed(of: "hint" | "answer", error: Partial<ServerEvent>): void {
    if (of === "answer" && error.code === "idempotency-mismatch" && this.#outstanding?.text === null) {
      this.#recordedElsewhere();
      return;
    }
    if (of === "hint") this.#hint = null;
    if (error.code === "question-not-current" || error.code === "session-ended") this.#settled(); // not to be given again
    const detail = String(error.message ?? "");
    const code = String(error.code ?? "unknown");
    this.#ports.tell({
      type: "failed",
      of,
      problem: { status: 0, code, title: "", detail, retryable: true, retryAfterS: null },
    });
  }

  #replied(reply: LiveReply, seq: number | null): void {
    this.#attempt = 0;
    this.#seq = Math.max(this.#seq, seq ?? 0);
    const to = this.#hint !== null && reply.action.action_type === "give_hint" ? "hint" : "answer";
    if (to === "hint") this.#hint = null;
    else this.#settled();
    this.#ports.tell(reply.withdrawn ? { type: "withdrew", reply } : { type: "replied", reply, to });
  }

  #settled(): void {
    this.#outstanding = null;
    this.#uplink.settled();
  }

  #refused(error: ServerEvent): void {
    this.#refusal = {
      code: String(error.code),
      message: String(error.message),
      retryAfterS: typeof error.retry_after_s === "number" ? error.retry_after_s : null,
    };
    if (error.code === "rate_limit_exceeded" && error.param === "audio") this.#uplink.refused();
    else if (error.code === "input_audio_buffer_full") this.finish();
    else if (error.code === "conversation_already_has_active_response")
      return; // it answers this very answer
    else if (typeof error.event_id !== "string") return;
    else if (error.event_id === this.#hint) this.#failed("hint", error);
    else if (error.event_id === this.#outstanding?.id) this.#failed("answer", error);
  }

  #cut(): void {
    this.#truncate(this.#ports.stopPlaying());
    if (this.#active) this.#send("response.cancel");
    this.#active = false;
  }

  #truncate(heard: { item: string; heardMs: number } | null): void {
    if (heard === null) return;
    const { item, heardMs } = heard;
    this.#send("conversation.item.truncate", { item_id: item, content_index: 0, audio_end_ms: heardMs });
  }

  #sendTyped(id: string, text: string): void {
    const item = { id, type: "message", role: "user", content: [{ type: "input_text", text }] };
    this.#send("conversation.item.create", { event_id: id, item });
    this.#send("response.create", { event_id: id });
  }

  #sendSettings(): void {
    const { speaks, patient } = this.#settings;
    const detection = { type: "semantic_vad", eagerness: patient ? "low" : "auto" };
    this.#send("session.update", {
      session: {
        type: "realtime",
        output_modalities: [speaks ? "audio" : "text"],
        audio: { input: { turn_detection: detection } },
        interview: { shows_text: true },
      },
    });
  }

  #flush(): void {
    if (!this.#ready) return;
    for (const piece of this.#uplink.take(this.#ports.now())) {
      this.#send("input_audio_buffer.append", { audio: toBase64(piece) });
    }
  }

  #send(type: string, fields: Record<string, unknown> = {}): void {
    this.#socket?.send(JSON.stringify({ type, ...fields }));
  }
}
