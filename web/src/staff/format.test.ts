import { expect, test } from "vitest";
import { signed, standing } from "./format";

test("a score that is not final says why", () => {
  expect(standing({ final: true, status: "concluded" })).toBe("");
  expect(standing({ final: false, status: "active" })).toBe("so far");
  expect(standing({ final: false, status: "paused" })).toBe("so far");
  expect(standing({ final: false, status: "concluded" })).toBe("provisional");
});

test("what rounds to zero has no minus", () => {
  expect([-0.001, 0, 0.001, -0.4, 0.4].map(signed)).toEqual(["+0.00", "+0.00", "+0.00", "−0.40", "+0.40"]);
});
