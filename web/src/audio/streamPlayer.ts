/** Plays speech that arrives in pieces, without a gap between them, and tells how much of it was heard. */

import { RATE } from "./pcm";
import { Stretch } from "./stretch";

/** Seconds of sound that wait before the first one plays, so that a late piece leaves no gap. */
const LEAD_S = 0.08;

export class StreamPlayer {
  #context: AudioContext;
  #onChange: (playing: boolean) => void;
  #sources = new Set<AudioBufferSourceNode>();
  #nextAt = 0;
  #beganAt = 0;
  #sentS = 0;
  #item: string | null = null;
  #stretch: Stretch | null = null;
  #rate = 1;
  #then: (() => void) | null = null;
  /** The speed of the next item: 1, or less for slower speech of the same pitch. */
  rate = 1;

  constructor(context: AudioContext, onChange: (playing: boolean) => void) {
    this.#context = context;
    this.#onChange = onChange;
  }

  /** The next piece of an item: samples in [-1, 1] at 24 kHz. */
  push(item: string, samples: Float32Array<ArrayBuffer>): void {
    if (samples.length === 0) return;
    if (item !== this.#item) {
      this.#item = item;
      this.#sentS = 0;
      this.#beganAt = Math.max(this.#context.currentTime + LEAD_S, this.#nextAt);
      this.#rate = this.rate;
      this.#stretch = this.rate === 1 ? null : new Stretch(this.rate);
    }
    this.#play(this.#stretch === null ? samples : this.#stretch.feed(samples));
  }

  /** No more of the item follows. */
  end(): void {
    if (this.#stretch !== null) this.#play(this.#stretch.end());
    this.#stretch = null;
  }

  #play(samples: Float32Array<ArrayBuffer>): void {
    if (samples.length === 0) return;
    const now = this.#context.currentTime;
    const at = Math.max(now + LEAD_S / 2, this.#nextAt, this.#beganAt);
    const buffer = this.#context.createBuffer(1, samples.length, RATE);
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.onended = () => {
      this.#sources.delete(source);
      if (this.#sources.size === 0) this.#silent();
    };
    if (this.#sources.size === 0) this.#onChange(true);
    this.#sources.add(source);
    source.start(at);
    this.#nextAt = at + buffer.duration;
    this.#sentS += buffer.duration;
  }

  /** Calls `then` once nothing plays: now, or when what has arrived was heard. */
  whenSilent(then: () => void): void {
    if (this.#sources.size === 0) then();
    else this.#then = then;
  }

  #silent(): void {
    this.#onChange(false);
    this.#then?.();
    this.#then = null;
  }

  /** Falls silent; the item that was playing and how many milliseconds of it were heard, null where none was. */
  stop(): { item: string; heardMs: number } | null {
    const item = this.#item;
    const playing = this.#sources.size > 0;
    const heardS = Math.min(this.#sentS, Math.max(0, this.#context.currentTime - this.#beganAt));
    for (const source of this.#sources) {
      source.onended = null;
      source.stop();
    }
    this.#sources.clear();
    this.#nextAt = 0;
    this.#item = null;
    this.#stretch = null;
    if (playing) this.#silent();
    return playing && item !== null ? { item, heardMs: Math.floor(heardS * this.#rate * 1000) } : null;
  }
}
