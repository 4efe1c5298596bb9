import type { Recording } from "../audio/recorder";

/** At most one recording. Until it runs it can still be given up: the browser may be asking for the permission. */
export class Microphone {
  #recording: Recording | null = null;
  #opening: symbol | null = null;

  /** `open` asks for the permission and begins to record. */
  constructor(readonly open: () => Promise<Recording>) {}

  /** Whether a recording began: not where one runs or is being opened, or where it was cancelled meanwhile. */
  async start(): Promise<boolean> {
    if (this.#recording !== null || this.#opening !== null) return false;
    const own = Symbol();
    this.#opening = own;
    let recording: Recording;
    try {
      recording = await this.open();
    } catch (error) {
      if (this.#opening !== own) return false; // nobody waits for it any more
      this.#opening = null;
      throw error;
    }
    if (this.#opening !== own) {
      recording.cancel();
      return false;
    }
    this.#opening = null;
    this.#recording = recording;
    return true;
  }

  /** Ends the recording: resolves to its file, or null at once where none runs. */
  stop(): Promise<Blob> | null {
    const recording = this.#recording;
    this.#recording = null;
    return recording === null ? null : recording.stop();
  }

  /** Throws away the recording, or the one that is being opened. */
  cancel(): void {
    this.#recording?.cancel();
    this.#recording = null;
    this.#opening = null;
  }

  /** The loudness in [0, 1]. */
  level(): number {
    return this.#recording?.level() ?? 0;
  }
}
