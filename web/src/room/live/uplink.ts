/** The candidate's audio on its way to the server: kept until its answer has a reply, and sent again where it was lost. */

import { RATE } from "../../audio/pcm";

/** Samples in one event: 100 ms. */
const PIECE = RATE / 10;
/** Sent at once after an interruption; the rest follows a little faster than it was spoken (the server's own bounds). */
const BURST_S = 10;
const SPEED = 1.3;
/** Kept before the beginning of an answer is known, for its first sound. */
const BEFORE_S = 2;

const samplesOf = (ms: number) => Math.round((ms * RATE) / 1000);

/** Positions are samples since the first one pushed. */
export class Uplink {
  #pieces: Int16Array[] = [];
  #start = 0;
  #end = 0;
  /** The position that the server's clock calls 0. */
  #zero = 0;
  #next = 0;
  #answerFrom: number | null = null;
  #committedFrom: number | null = null;
  #budget = BURST_S * RATE;
  #at: number;

  /** `now` in ms, of any steady clock. */
  constructor(now: number) {
    this.#at = now;
  }

  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#pieces.push(samples);
    this.#end += samples.length;
    if (this.#answerFrom === null && this.#committedFrom === null)
      this.#dropBefore(Math.min(this.#next, this.#end - BEFORE_S * RATE));
  }

  /** The server goes on with the same conversation, of which it has `receivedMs`. */
  resumed(receivedMs: number): void {
    this.#next = this.#clamped(this.#zero + samplesOf(receivedMs));
  }

  /** Another server, or a first one, knows nothing: it gets what has no reply yet from its beginning. */
  began(): void {
    this.#next = this.#clamped(this.#committedFrom ?? this.#answerFrom ?? this.#end - BEFORE_S * RATE);
    this.#zero = this.#next;
    if (this.#committedFrom !== null) this.#answerFrom = this.#committedFrom;
    this.#committedFrom = null;
  }

  /** An answer begins at `atMs` of the server's clock; one that goes on keeps its beginning. */
  answerBegan(atMs: number): void {
    this.#answerFrom ??= this.#clamped(this.#zero + samplesOf(atMs) - BEFORE_S * RATE);
  }

  /** The server took the answer; its audio is kept until the reply. */
  committed(): void {
    this.#committedFrom ??= this.#answerFrom;
    this.#answerFrom = null;
  }

  /** The committed answer is durable, or had no words. */
  settled(): void {
    this.#committedFrom = null;
  }

  /** Whether an answer has begun that the server has not taken. */
  get answering(): boolean {
    return this.#answerFrom !== null;
  }

  /** The answer that is being given is thrown away. */
  cleared(): void {
    this.#answerFrom = null;
  }

  /** What may be sent now, in pieces. */
  take(now: number): Int16Array[] {
    this.#budget = Math.min(BURST_S * RATE, this.#budget + ((now - this.#at) / 1000) * SPEED * RATE);
    this.#at = now;
    const taken: Int16Array[] = [];
    while (this.#next < this.#end) {
      const piece = this.#between(this.#next, Math.min(this.#end, this.#next + PIECE));
      if (piece.length > this.#budget) break;
      this.#budget -= piece.length;
      this.#next += piece.length;
      taken.push(piece);
    }
    return taken;
  }

  /** The server refused a piece: it is sent again, once there is time. */
  refused(): void {
    this.#next = this.#clamped(this.#next - PIECE);
    this.#budget = 0;
  }

  #clamped(position: number): number {
    return Math.max(this.#start, Math.min(this.#end, position));
  }

  #between(from: number, to: number): Int16Array {
    const out = new Int16Array(to - from);
    let at = this.#start;
    for (const piece of this.#pieces) {
      const first = Math.max(from, at);
      const last = Math.min(to, at + piece.length);
      if (first < last) out.set(piece.subarray(first - at, last - at), first - from);
      at += piece.length;
      if (at >= to) break;
    }
    return out;
  }

  #dropBefore(position: number): void {
    let dropped = 0;
    for (const piece of this.#pieces) {
      if (this.#start + piece.length > position) break;
      this.#start += piece.length;
      dropped += 1;
    }
    if (dropped > 0) this.#pieces.splice(0, dropped);
  }
}
