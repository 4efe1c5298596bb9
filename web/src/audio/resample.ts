/** Zero crossings of the windowed sinc on each side: stop band below -60 dB. */
const CROSSINGS = 16;

/** Converts a stream of samples from one rate to another; what `feed` returns joins without a seam. */
export class Resampler {
  /** One filter for each position that an output sample can have between two input samples. */
  readonly #filters: readonly Float32Array[];
  readonly #reach: number;
  readonly #step: number;
  readonly #phases: number;
  #waiting: Float32Array;
  /** The next output sample's position in `#waiting`, in units of 1 / `#phases`. */
  #at: number;

  /** Rates in Hz, whole numbers. */
  constructor(from: number, to: number) {
    const common = divisor(from, to);
    this.#phases = to / common;
    this.#step = from / common;
    const cutoff = Math.min(1, to / from);
    this.#reach = Math.ceil(CROSSINGS / cutoff);
    this.#filters = Array.from({ length: this.#phases }, (_, phase) =>
      filter(phase / this.#phases, cutoff, this.#reach),
    );
    this.#waiting = new Float32Array(this.#reach);
    this.#at = this.#reach * this.#phases;
  }

  feed(samples: Float32Array): Float32Array {
    const all = new Float32Array(this.#waiting.length + samples.length);
    all.set(this.#waiting);
    all.set(samples, this.#waiting.length);
    const end = (all.length - this.#reach) * this.#phases;
    const out = new Float32Array(Math.max(0, Math.ceil((end - this.#at) / this.#step)));
    for (let index = 0; index < out.length; index += 1) {
      const whole = Math.floor(this.#at / this.#phases);
      const taps = this.#filters[this.#at % this.#phases] as Float32Array;
      let sum = 0;
      for (let tap = 0; tap < taps.length; tap += 1) {
        sum += (taps[tap] as number) * (all[whole - this.#reach + 1 + tap] as number);
      }
      out[index] = sum;
      this.#at += this.#step;
    }
    const dropped = Math.max(0, Math.min(all.length, Math.floor(this.#at / this.#phases) - this.#reach));
    this.#waiting = all.slice(dropped);
    this.#at -= dropped * this.#phases;
    return out;
  }
}

/** Taps for the input samples around an output sample that lies `fraction` behind one of them. */
function filter(fraction: number, cutoff: number, reach: number): Float32Array {
  const taps = Float32Array.from({ length: 2 * reach }, (_, tap) => {
    const away = tap - reach + 1 - fraction;
    const window = Math.abs(away) < reach ? 0.5 + 0.5 * Math.cos((Math.PI * away) / reach) : 0;
    return sinc(away * cutoff) * cutoff * window;
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
