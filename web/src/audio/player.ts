/** Plays one recording at a time. A browser may refuse before the first gesture; the caller then offers a button. */
export class Player {
  #audio = new Audio();
  #url: string | null = null;

  constructor(onChange: (playing: boolean) => void) {
    this.#audio.preservesPitch = true;
    for (const [name, playing] of [
      ["playing", true],
      ["pause", false],
      ["ended", false],
    ] as const) {
      this.#audio.addEventListener(name, () => onChange(playing));
    }
  }

  /** Whether it plays now. `rate` 1 is the recorded speed. */
  async play(sound: Blob, rate: number): Promise<boolean> {
    this.stop();
    this.#url = URL.createObjectURL(sound);
    this.#audio.src = this.#url;
    this.#audio.playbackRate = rate;
    return this.#audio.play().then(
      () => true,
      () => false,
    );
  }

  stop(): void {
    this.#audio.pause();
    if (this.#url !== null) URL.revokeObjectURL(this.#url);
    this.#url = null;
  }
}
