import { expect, test } from "vitest";
import { decidedScore } from "./decision";

test("an untouched field decides the exact grade that was seen, not the rounded one on the screen", () => {
  expect(decidedScore(null, 0.846)).toBe(0.846); // good; 0.85 is strong
});

test("a typed score is taken as it is typed, with a point or a comma", () => {
  expect(decidedScore("0.85", 0.846)).toBe(0.85);
  expect(decidedScore(" 0,4 ", 0.846)).toBe(0.4);
});

test("nothing typed is no score, also where there was a grade", () => {
  expect(decidedScore("", 0.846)).toBeNaN();
  expect(decidedScore(" ", undefined)).toBeNaN();
  expect(decidedScore(null, undefined)).toBeNaN();
  expect(decidedScore("strong", 0.846)).toBeNaN();
});
