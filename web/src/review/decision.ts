/** The score of a person's decision, from the field that shows a rounded one. */

/**
 * A field that was not touched (`typed` is null) decides the grade that the person `saw`, unrounded: the rounded one may
 * have another level. NaN where the words are no number; the caller checks the range.
 */
export function decidedScore(typed: string | null, saw: number | undefined): number {
  if (typed === null) return saw ?? Number.NaN;
  return typed.trim() === "" ? Number.NaN : Number(typed.replace(",", "."));
}
