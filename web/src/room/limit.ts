/** The longest answer that the server takes, in characters as it counts them (`interview/limits.py`). */
export const MAX_ANSWER_CHARS = 20_000;
/** From here the candidate sees a counter. */
const NEAR = 18_000;
/** A field holds some more than may be sent, so that it can be cut; a paste beyond that is refused, not truncated. */
export const MAX_FIELD_CHARS = 2 * MAX_ANSWER_CHARS;

/** The number of characters of a text that is near the limit or over it; null for one that is far from it. */
export function countNearLimit(text: string): number | null {
  if (text.length < NEAR) return null;
  let count = 0;
  for (const _ of text) count += 1; // code points, not UTF-16 units
  return count < NEAR ? null : count;
}
