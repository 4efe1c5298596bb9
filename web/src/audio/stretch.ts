/** Slows speech down without changing its pitch (WSOLA), piece by piece. */

/** Samples at 24 kHz: frames of 30 ms that overlap by half, placed at the best fit within 5 ms. */
const FRAME = 720;
const HOP = FRAME / 2;
const REACH = 120;

const WINDOW = Float32Array.from(
  { length: FRAME },
  (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / FRAME),
);

export class Stretch {
  readonly #rate: number;
  #input: Float32Array = new Float32Array(0);
  /** Where the next frame nominally begins in `#input`. */
  #at = 0;
  /** Where the last frame would go on by itself in `#input`; null before the first. */
  #continues: number | null = null;
  #overlap: Float32Array = new Float32Array(HOP);

  /** `rate` 0.8 takes a quarter longer. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  feed(samples: Float32Array): Float32Array<ArrayBuffer> {
    this.#input = joined(this.#input, samples);
    const out: Float32Array[] = [];
    while (Math.round(this.#at) + FRAME + 2 * REACH <= this.#input.length) out.push(this.#frame());
    this.#forget();
    return joined(...out);
  }

  /** The rest of what was fed. */
  end(): Float32Array<ArrayBuffer> {
    return this.feed(new Float32Array(FRAME + 2 * REACH));
  }

  #frame(): Float32Array {
    const nominal = Math.round(this.#at);
    const from = this.#continues === null ? nominal : this.#best(nominal, this.#continues);
    const out = new Float32Array(HOP);
    const first = this.#continues === null;
    for (let at = 0; at < HOP; at += 1) {
      const fade = first ? 1 : (WINDOW[at] as number);
      out[at] = (this.#overlap[at] as number) + fade * (this.#input[from + at] as number);
      this.#overlap[at] = (WINDOW[HOP + at] as number) * (this.#input[from + HOP + at] as number);
    }
    this.#continues = from + HOP;
    this.#at += HOP * this.#rate;
    return out;
  }

  /** The place near `nominal` that is most like what would have followed. */
  #best(nominal: number, continues: number): number {
    let best = nominal;
    let most = Number.NEGATIVE_INFINITY;
    for (let from = Math.max(0, nominal - REACH); from <= nominal + REACH; from += 2) {
      let product = 0;
      let power = 1e-6;
      for (let at = 0; at < HOP; at += 4) {
        const one = this.#input[from + at] as number;
        product += one * (this.#input[continues + at] as number);
        power += one * one;
      }
      const likeness = product / Math.sqrt(power);
      if (likeness > most) {
        most = likeness;
        best = from;
      }
    }
    return best;
  }

  #forget(): void {
    const keep = Math.max(0, Math.min(Math.round(this.#at) - REACH, this.#continues ?? 0));
    if (keep === 0) return;
    this.#input = this.#input.slice(keep);
    this.#at -= keep;
    if (this.#continues !== null) this.#continues -= keep;
  }
}

function joined(...pieces: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const out = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
