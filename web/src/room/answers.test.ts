import { expect, test } from "vitest";
import { answerOf, chosenText, moved, orderedText } from "./answers";
import { en } from "./messages";
import { messages as es } from "./messages.es";

const OPTIONS = [
  { id: "a", text: "A timeout" },
  { id: "b", text: "A queue" },
  { id: "c", text: "A cache" },
];
const SOUND = new Blob(["sound"], { type: "audio/webm" });

test("a choice is said with its letter and its words", () => {
  expect(chosenText(OPTIONS, new Set(["b"]), en.answer)).toBe("Option B: A queue");
});

test("several choices are said in the order of the card", () => {
  expect(chosenText(OPTIONS, new Set(["c", "a"]), en.answer)).toBe("Options A and C.");
  expect(chosenText(OPTIONS, new Set(["c", "a", "b"]), en.answer)).toBe("Options A, B and C.");
  expect(chosenText(OPTIONS, new Set(), en.answer)).toBe("");
});

test("a choice is said in the language of the interview", () => {
  expect(chosenText(OPTIONS, new Set(["b"]), es.answer)).toBe("Opción B: A queue");
  expect(chosenText(OPTIONS, new Set(["c", "a", "b"]), es.answer)).toBe("Opciones A, B y C.");
});

test("an order is numbered", () => {
  expect(orderedText(["Parse", "Plan"])).toBe("1. Parse, 2. Plan");
});

test("an item moves by one place, and not beyond the ends", () => {
  const items = ["a", "b", "c"];
  expect(moved(items, 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(items, 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(items, 0, -1)).toBe(items);
  expect(moved(items, 2, 1)).toBe(items);
});

test("a recording that was read and left is sent itself", () => {
  expect(answerOf("k", "An index. ", { text: "An index.", confidence: 0.9 }, SOUND)).toEqual({
    key: "k",
    audio: SOUND,
  });
});

test("corrected words are the answer, and their recording and what was heard go with them", () => {
  expect(answerOf("k", "An index.", { text: "And in decks.", confidence: 0.9 }, SOUND)).toEqual({
    key: "k",
    text: "An index.",
    audio: SOUND,
    signals: { corrected_transcript: true, heard: "And in decks." },
  });
});

test("confirmed words of an unclear recording are the answer, so that nobody is asked to repeat them", () => {
  expect(answerOf("k", "An index.", { text: "An index.", confidence: 0.4 }, SOUND)).toMatchObject({
    text: "An index.",
    signals: { corrected_transcript: false },
  });
});

test("what was heard is noted within the server's bound", () => {
  const answer = answerOf("k", "x", { text: "y".repeat(900), confidence: 0.9 }, SOUND);
  expect("signals" in answer && String(answer.signals?.heard).length).toBe(500);
});

test("typed words have no signals", () => {
  expect(answerOf("k", "An index.", null, null)).toEqual({ key: "k", text: "An index." });
});
