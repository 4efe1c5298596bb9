import { afterEach, expect, test, vi } from "vitest";
import { ApiError, problemFrom, problemOf, request } from "./problem";

afterEach(() => vi.unstubAllGlobals());

test("a problem keeps its code, its words and its advice", () => {
  const body = { code: "turn-in-flight", title: "Busy", detail: "Wait.", retryable: true, retry_after_s: 2 };
  expect(problemOf(409, body)).toEqual({
    status: 409,
    code: "turn-in-flight",
    title: "Busy",
    detail: "Wait.",
    retryable: true,
    retryAfterS: 2,
  });
});

test.each([[null], ["text"], [{ detail: 7 }]])("a body of another form (%s) gives a problem all the same", (body) => {
  expect(problemOf(503, body)).toMatchObject({ status: 503, code: "unknown", retryable: true });
  expect(problemOf(404, body).retryable).toBe(false);
});

test("a request without a response is an ApiError that may be repeated", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
  const failed = await request("/x", {}).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ApiError);
  expect(problemFrom(failed)).toMatchObject({ status: 0, retryable: true });
});

test("a failed response carries its problem", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ code: "not-found", detail: "No." }, { status: 404 })));
  const failed = await request("/x", {}).catch((error: unknown) => error);
  expect(problemFrom(failed)).toMatchObject({ status: 404, code: "not-found", detail: "No." });
});
