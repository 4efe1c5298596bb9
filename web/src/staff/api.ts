/** Requests with the caller's token; every failure is an `ApiProblem` with a sentence for people. */
import { createContext, useContext } from "react";

export type ProblemBody = {
  code?: string;
  detail?: string;
  status?: number;
  errors?: { field: string; detail: string }[];
  context?: Record<string, unknown>;
};

export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody) {
    super(sentence(status, body));
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
  }
}

/** The server's sentence; where that only counts wrong fields, what is wrong with each. */
function sentence(status: number, body: ProblemBody): string {
  const fields = body.errors?.map((error) => `${error.field}: ${error.detail}`).join("; ");
  if (fields && (!body.detail || body.detail.startsWith("Some fields are not valid"))) return fields;
  return body.detail ?? `The server answered with status ${status}.`;
}

export type Query = Record<string, string | number | boolean | undefined>;

/** `path?query` without the undefined values. */
export function withQuery(path: string, query: Query): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

export class Api {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }

  async json<T>(path: string, options: { signal?: AbortSignal | undefined; method?: string; body?: unknown } = {}) {
    const reply = await this.#send(path, options, "application/json");
    return (reply.status === 204 ? undefined : await reply.json()) as T;
  }

  /** A document or recording as a local object. */
  async blob(path: string, accept = "*/*"): Promise<Blob> {
    return (await this.#send(path, {}, accept)).blob();
  }

  async #send(
    path: string,
    options: { signal?: AbortSignal | undefined; method?: string; body?: unknown },
    accept: string,
  ): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}`, Accept: accept };
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    let reply: Response;
    try {
      reply = await fetch(path, {
        method: options.method ?? "GET",
        headers,
        signal: options.signal ?? null,
        body: options.body === undefined ? null : JSON.stringify(options.body),
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiProblem(0, { detail: "The server cannot be reached. Check the connection, then try again." });
    }
    if (reply.ok) return reply;
    let body: ProblemBody = {};
    try {
      body = (await reply.json()) as ProblemBody;
    } catch {
      // not a problem document: the status has to do
    }
    throw new ApiProblem(reply.status, body);
  }
}

/** An error as a sentence. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}

const ApiContext = createContext<Api | null>(null);

export const ApiProvider = ApiContext.Provider;

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error("used outside of the sign-in");
  return api;
}
