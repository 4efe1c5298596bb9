import { expect, it } from "vitest";
import { fromBase64, toBase64, toPcm } from "./pcm";

it("carries samples through base64, clipped to 16 bits", () => {
  const samples = Float32Array.from({ length: 20_000 }, (_, at) => Math.sin(at / 10));
  const back = fromBase64(toBase64(toPcm(samples)));
  expect(back.length).toBe(samples.length);
  expect(Math.max(...back.map((one, at) => Math.abs(one - (samples[at] as number))))).toBeLessThan(1e-4);
  expect([...fromBase64(toBase64(toPcm(Float32Array.of(2, -2))))]).toEqual([32_767 / 32_768, -32_767 / 32_768]);
});
