/** RFC 9457, as the server sends it. `detail` is for people, `code` for programs. */
export type Problem = {
  status: number;
  code: string;
  title: string;
  detail: string;
  retryable: boolean;
  retryAfterS: number | null;
};

/** A request that failed; `problem.status` is 0 where no response arrived. `body` is the decoded response, if any. */
export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly body: unknown = null,
  ) {
    super(problem.detail);
    this.name = "ApiError";
  }
}

const OFFLINE: Problem = {
  status: 0,
  code: "offline",
  title: "No connection",
  detail: "The server cannot be reached.",
  retryable: true,
  retryAfterS: null,
};

/** The problem in a decoded body; a body of another form gives one with the status alone. */
export function problemOf(status: number, body: unknown): Problem {
  const fields: Record<string, unknown> = typeof body === "object" && body !== null ? { ...body } : {};
  const text = (name: string, otherwise: string) => (typeof fields[name] === "string" ? fields[name] : otherwise);
  return {
    status,
    code: text("code", "unknown"),
    title: text("title", "Error"),
    detail: text("detail", `The server answered with status ${status}.`),
    retryable: fields.retryable === true || status === 429 || status >= 502,
    retryAfterS: typeof fields.retry_after_s === "number" ? fields.retry_after_s : null,
  };
}

/** `fetch` whose failures, with and without a response, are an ApiError. An abort stays an abort. */
export async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(OFFLINE);
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  throw new ApiError(problemOf(response.status, body), body);
}

/** Any failure as a problem, for the screen. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { ...OFFLINE, code: "interrupted", title: "Interrupted", detail: "The connection was interrupted." };
}
