import { expect, it } from "vitest";
import { Stretch } from "./stretch";

function stretched(rate: number, hz: number, block: number): number[] {
  const tone = Float32Array.from({ length: 24_000 }, (_, at) => Math.sin((2 * Math.PI * hz * at) / 24_000));
  const stretch = new Stretch(rate);
  const out: number[] = [];
  for (let at = 0; at < tone.length; at += block) out.push(...stretch.feed(tone.subarray(at, at + block)));
  return [...out, ...stretch.end()];
}

it.each([480, 4800])("takes longer and keeps the pitch, in blocks of %i", (block) => {
  const out = stretched(0.8, 300, block);
  expect(out.length / 24_000).toBeCloseTo(1.25, 1);
  const middle = out.slice(2400, 26_400);
  const rises = middle.filter((one, at) => at > 0 && one >= 0 && (middle[at - 1] as number) < 0).length;
  expect(rises).toBeGreaterThan(290);
  expect(rises).toBeLessThan(310);
  const power = middle.reduce((sum, one) => sum + one * one, 0) / middle.length;
  expect(power).toBeGreaterThan(0.4);
});
