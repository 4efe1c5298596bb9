import { expect, test } from "vitest";
import { clockText } from "./duration";

test.each([
  [0, "0:00"],
  [-3, "0:00"],
  [59.9, "0:59"],
  [245, "4:05"],
  [3599, "59:59"],
  [3720, "1:02:00"],
])("%d seconds are %s", (seconds, text) => {
  expect(clockText(seconds)).toBe(text);
});
