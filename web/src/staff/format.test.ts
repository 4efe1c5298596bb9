import { expect, test } from "vitest";
import { standing } from "./format";

test("a score that is not final says why", () => {
  expect(standing({ final: true, status: "concluded" })).toBe("");
  expect(standing({ final: false, status: "active" })).toBe("so far");
  expect(standing({ final: false, status: "paused" })).toBe("so far");
  expect(standing({ final: false, status: "concluded" })).toBe("provisional");
});
