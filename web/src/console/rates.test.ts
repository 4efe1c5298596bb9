import { describe, expect, it } from "vitest";
import { type Buckets, bucketsBetween, growth, linePoints, quantile } from "./rates";

describe("rates", () => {
  it("a counter that began again counts as nothing", () => {
    expect([growth(3, 5), growth(5, 0)]).toEqual([2, 0]);
  });
  it("quantiles are linear within a bucket, and of the time between two readings", () => {
    const before: Buckets = [
      [1, 4],
      [2, 4],
      [null, 4],
    ];
    const after: Buckets = [
      [1, 4],
      [2, 8],
      [null, 8],
    ];
    expect(quantile(bucketsBetween(before, after), 0.25)).toBe(1.25);
    expect(quantile(bucketsBetween(before, before), 0.5)).toBeNull();
    expect(quantile([], 0.5)).toBeNull();
    expect(
      quantile(
        [
          [1, 1],
          [null, 10],
        ],
        0.99,
      ),
    ).toBe(1);
  });
  it("a line begins at the left and touches the top at its highest value", () => {
    expect(linePoints([0, 4, 2], 100, 10)).toBe("0,10 50,0 100,5");
    expect(linePoints([0, 0], 100, 10)).toBe("0,10 100,10");
  });
});
