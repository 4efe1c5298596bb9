import { expect, test } from "vitest";
import { isLogged, resendDelayMs, wordsOf } from "./kept";
import type { Answer, LoggedEvent } from "./types";

const TO = { turn_number: 2 };
const received = (data: Record<string, unknown>): LoggedEvent => ({ seq: 1, time: "", type: "answer.received", data });
const RECORDING = new Blob(["sound"]);

test.each<[string, Answer, LoggedEvent[], boolean]>([
  ["typed and in the log", { key: "k", text: "x", to: TO }, [received({ turn: 3, text: "x" })], true],
  ["said before", { key: "k", text: "x", to: TO }, [received({ turn: 2, text: "x" })], false],
  ["another window's", { key: "k", text: "x", to: TO }, [received({ turn: 3, text: "y" })], false],
  ["a recording", { key: "k", audio: RECORDING, to: TO }, [received({ turn: 3, audio: { url: "u" } })], true],
  ["a recording, but words came", { key: "k", audio: RECORDING, to: TO }, [received({ turn: 3, text: "y" })], false],
])("whether an answer was saved although its reply was an error: %s", (_, answer, log, saved) => {
  expect(isLogged(answer, log)).toBe(saved);
});

test("the words of a recording are those that were understood, as the candidate left them", () => {
  expect(wordsOf({ key: "k", audio: RECORDING }, { text: "a", confidence: 1, draft: "b" })).toBe("b");
  expect(wordsOf({ key: "k", audio: RECORDING }, null)).toBe("");
  expect(wordsOf({ key: "k", text: "typed" }, null)).toBe("typed");
});

test("an answer is sent again less and less often, and not before the server wants it", () => {
  expect([0, 1, 2, 3, 4, 20].map((tries) => resendDelayMs(tries, null) / 1000)).toEqual([3, 6, 12, 24, 30, 30]);
  expect(resendDelayMs(0, 60)).toBe(60_000);
});
