import { expect, test } from "vitest";
import type { Problem } from "../api/problem";
import { en } from "./messages";
import { SAID, said } from "./problems";

const problem = (code: string, status: number): Problem => {
  const detail = "This answer is being processed; retry with the same Idempotency-Key.";
  return { status, code, title: "T", detail, retryable: true, retryAfterS: null };
};

test.each([...Object.keys(SAID), "toString", "a-new-code"])("a candidate reads words of their own for %s", (code) => {
  for (const status of [0, 400, 401, 404, 409, 413, 422, 429, 500, 503]) {
    const words = said(problem(code, status), en);
    expect(words).toMatch(/^[A-Z].*\.$/);
    expect(words).not.toMatch(/key|idempoten|retry|server's log|\d{3}/i);
  }
});
