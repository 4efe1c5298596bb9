import { expect, test } from "vitest";
import { countNearLimit } from "./limit";

test("characters are counted near the limit, as the server counts them", () => {
  expect(countNearLimit("short")).toBeNull();
  expect(countNearLimit("a".repeat(19_000))).toBe(19_000);
  expect(countNearLimit("😀".repeat(20_001))).toBe(20_001);
  expect(countNearLimit("😀".repeat(9_500))).toBeNull();
});
