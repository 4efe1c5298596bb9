/** What happened between two readings of counters that only grow, and quantiles of the turns in between. */
import type { Latency } from "../staff/types";

export type Buckets = Latency["buckets"];

/** The growth of a counter; a restart of a replica begins it again, which counts as nothing. */
export function growth(before: number, after: number): number {
  return Math.max(0, after - before);
}

export function bucketsBetween(before: Buckets, after: Buckets): Buckets {
  const earlier = new Map(before);
  return after.map(([bound, count]) => [bound, growth(earlier.get(bound) ?? 0, count)]);
}

/**
 * The `share` quantile of cumulative buckets in seconds, linear within a bucket, as the server computes it.
 * Null without observations.
 */
export function quantile(buckets: Buckets, share: number): number | null {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  const rank = share * total;
  let low = 0;
  let below = 0;
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (bound === null) return low;
      return low + (bound - low) * (count > below ? (rank - below) / (count - below) : 1);
    }
    low = bound ?? low;
    below = count;
  }
  return low;
}

/** The points of a line through `values`, from left to right in a box of `width` by `height`. */
export function linePoints(values: readonly number[], width: number, height: number): string {
  const top = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values.map((value, index) => `${round(index * step)},${round(height - (value / top) * height)}`).join(" ");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
