import { ApiError, problemOf, request } from "../api/problem";
import { eventsOf } from "../api/sse";
import type {
  Answer,
  AnsweredQuestion,
  Calculation,
  CandidateState,
  Heard,
  InterviewNotice,
  LoggedEvent,
  Token,
  TurnBody,
  Written,
} from "./types";

export type Live = (sentence: { index: number; text: string }) => void;

/** The candidate's side of the API, with one link. Access tokens are bought again when they end. */
export class RoomApi {
  #access: Promise<Token> | null = null;
  /** The server's clock minus this machine's, in ms, to the second; from the latest response. */
  clockOffsetMs = 0;

  constructor(readonly link: string) {}

  /** Exchanges the link; rejects with 401 where it is not valid any more. */
  token(): Promise<Token> {
    this.#access ??= request("/candidate/token", { method: "POST", headers: bearer(this.link) })
      .then((response) => response.json() as Promise<Token>)
      .catch((error: unknown) => {
        this.#access = null;
        throw error;
      });
    return this.#access;
  }

  notice(): Promise<InterviewNotice> {
    return this.#json("/candidate/interview", {});
  }

  async start(voice: boolean): Promise<TurnBody> {
    return this.#json(`/session/start/${await this.#id()}`, post({ consent: true, voice }));
  }

  async state(): Promise<CandidateState> {
    return this.#json(`/session/state/${await this.#id()}`, {});
  }

  async log(): Promise<LoggedEvent[]> {
    const init = { headers: { Accept: "application/json" } };
    return (await this.#json<{ events: LoggedEvent[] }>(`/session/events/${await this.#id()}`, init)).events;
  }

  /** The reply whole, after its sentences as they come. The same key gives the same reply. */
  async turn(answer: Answer, voice: boolean, live: Live): Promise<TurnBody> {
    const headers = { Accept: "text/event-stream", "Idempotency-Key": answer.key };
    let init: RequestInit = {};
    if (answer.audio !== undefined) {
      const form = new FormData();
      form.append("audio", answer.audio);
      if (isWritten(answer)) {
        form.append("answer", answer.text);
        form.append("signals", JSON.stringify(answer.signals ?? {}));
      }
      form.append("voice", String(voice));
      for (const [name, value] of Object.entries(answer.to ?? {})) form.append(name, String(value));
      init = { method: "POST", headers, body: form };
    } else if (isWritten(answer)) {
      const body = { answer: answer.text, voice, signals: answer.signals ?? {}, ...answer.to };
      init = post(body, headers);
    }
    const response = await this.#send(`/session/turn/${await this.#id()}`, init);
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.json();
    for await (const { event, data } of eventsOf(response)) {
      if (event === "sentence") live(JSON.parse(data));
      else if (event === "reply") return JSON.parse(data);
      else if (event === "error") {
        const body: { status?: number } = JSON.parse(data);
        throw new ApiError(problemOf(body.status ?? 500, body));
      }
    }
    throw new ApiError({ ...problemOf(0, null), code: "interrupted", retryable: true });
  }

  async hint(key: string, voice: boolean, to: AnsweredQuestion): Promise<TurnBody> {
    return this.#json(`/session/hint/${await this.#id()}`, post({ voice, ...to }, { "Idempotency-Key": key }));
  }

  /** Leaves until another day; the reply's state says until when. */
  async pause(to: AnsweredQuestion): Promise<TurnBody> {
    return this.#json(`/session/pause/${await this.#id()}`, post(to));
  }

  /** Returns from a pause; the reply asks the question again. */
  async resume(voice: boolean): Promise<TurnBody> {
    return this.#json(`/session/resume/${await this.#id()}`, post({ voice }));
  }

  async end(): Promise<TurnBody> {
    return this.#json(`/session/state/${await this.#id()}`, { method: "DELETE" });
  }

  async signal(signal: string, data: Record<string, number | string | boolean>): Promise<void> {
    await this.#send(`/session/signal/${await this.#id()}`, { ...post({ signal, data }), keepalive: true });
  }

  /** What speech recognition understands; nothing is stored. */
  transcript(audio: Blob): Promise<Heard> {
    const form = new FormData();
    form.append("audio", audio);
    return this.#json("/candidate/transcript", { method: "POST", body: form });
  }

  /** The example sheet of the open formula question, and what a formula gives on it. */
  calculate(formula: string): Promise<Calculation> {
    return this.#json("/candidate/formula", post({ formula }));
  }

  /** A secret that opens one conversation, in which the candidate speaks freely. */
  async realtimeSecret(): Promise<string> {
    return (await this.#json<{ value: string }>("/v1/realtime/client_secrets", post({}))).value;
  }

  async recording(url: string): Promise<Blob> {
    return (await this.#send(url, {})).blob();
  }

  async #id(): Promise<string> {
    return encodeURIComponent((await this.token()).interview_id);
  }

  async #json<T>(url: string, init: RequestInit): Promise<T> {
    return (await this.#send(url, init)).json() as Promise<T>;
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const send = async () => {
      const headers = { ...(init.headers as Record<string, string>), ...bearer((await this.token()).access_token) };
      const response = await request(url, { ...init, headers });
      const date = Date.parse(response.headers.get("date") ?? "");
      if (!Number.isNaN(date)) this.clockOffsetMs = date - Date.now();
      return response;
    };
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.status !== 401) throw error;
      this.#access = null; // the access token ended; the link may still be valid
      return send();
    }
  }
}

function isWritten(answer: Answer): answer is Written {
  return "text" in answer;
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}
