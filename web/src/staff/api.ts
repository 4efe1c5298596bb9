/** Requests of people who signed in: every one carries their token. */
import { createContext, useContext } from "react";
import { ApiError, request } from "../api/problem";

type Details = { errors?: { field: string; detail: string }[]; context?: Record<string, unknown> };

/** A failure as a sentence; where the server's only counts wrong fields, what is wrong with each. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : "Something went wrong.";
  const { detail } = error.problem;
  const fields = detailsOf(error)
    .errors?.map((one) => `${one.field}: ${one.detail}`)
    .join("; ");
  return fields && detail.startsWith("Some fields are not valid") ? fields : detail;
}

/** What a problem says to programs, by name. */
export function contextOf(error: unknown): Record<string, unknown> {
  return error instanceof ApiError ? (detailsOf(error).context ?? {}) : {};
}

function detailsOf(error: ApiError): Details {
  return (error.body ?? {}) as Details;
}

/** Whether the server no longer accepts the token. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 401;
}

export type Query = Record<string, string | number | boolean | undefined>;

/** `path?query` without the undefined values. */
export function withQuery(path: string, query: Query): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** `key` is the Idempotency-Key: a repeated request with it has its effect once. */
type Options = { signal?: AbortSignal; method?: string; body?: unknown; key?: string };

export class Api {
  constructor(readonly token: string) {}

  /** The decoded reply; undefined where there is none (204). Rejects with ApiError. */
  async json<T>(path: string, options: Options = {}): Promise<T> {
    const reply = await this.#send(path, options, "application/json");
    return (reply.status === 204 ? undefined : await reply.json()) as T;
  }

  /** A document or recording as a local object. Rejects with ApiError. */
  async blob(path: string, accept = "*/*"): Promise<Blob> {
    return (await this.#send(path, {}, accept)).blob();
  }

  #send(path: string, { signal, method = "GET", body, key }: Options, accept: string): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}`, Accept: accept };
    if (key !== undefined) headers["Idempotency-Key"] = key;
    if (body === undefined) return request(path, { method, headers, signal: signal ?? null });
    headers["Content-Type"] = "application/json";
    return request(path, { method, headers, signal: signal ?? null, body: JSON.stringify(body) });
  }
}

const ApiContext = createContext<Api | null>(null);

export const ApiProvider = ApiContext.Provider;

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error("used outside of the sign-in");
  return api;
}
