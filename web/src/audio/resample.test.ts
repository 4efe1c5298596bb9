import { describe, expect, it } from "vitest";
import { Resampler } from "./resample";

function tone(hz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, at) => Math.sin((2 * Math.PI * hz * at) / rate));
}

function resampled(samples: Float32Array, from: number, to: number, block: number): Float32Array {
  const resampler = new Resampler(from, to);
  const pieces: number[] = [];
  for (let at = 0; at < samples.length; at += block) pieces.push(...resampler.feed(samples.subarray(at, at + block)));
  return Float32Array.from(pieces);
}

const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);

describe.each([48_000, 44_100, 16_000, 24_000, 96_000])("from %i Hz to 24 kHz", (rate) => {
  it("keeps a tone of speech and its length", () => {
    const out = resampled(tone(1000, rate, 1), rate, 24_000, 128);
    expect(Math.abs(out.length - 24_000)).toBeLessThan(60);
    const expected = tone(1000, 24_000, 1);
    const error = out.subarray(100, 20_000).map((one, at) => one - (expected[at + 100] as number));
    expect(rms(error)).toBeLessThan(0.01);
  });

  it("gives the same samples for blocks of any size", () => {
    const whole = resampled(tone(440, rate, 0.2), rate, 24_000, 1_000_000);
    const pieces = resampled(tone(440, rate, 0.2), rate, 24_000, 37);
    expect(pieces).toEqual(whole);
  });
});

it("removes what 24 kHz cannot carry", () => {
  const out = resampled(tone(16_000, 48_000, 0.5), 48_000, 24_000, 480);
  expect(rms(out.subarray(100))).toBeLessThan(0.01);
});
