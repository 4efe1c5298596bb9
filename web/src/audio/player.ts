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
      ["emptied", false], // `load` drops a "pause" that has not been dispatched
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
    if (this.#url === null) return;
    this.#audio.pause();
    // The element lets go of the object first: a browser that is still loading it would report a missing file.
    this.#audio.removeAttribute("src");
    this.#audio.load();
    URL.revokeObjectURL(this.#url);
    this.#url = null;
  }
}
