/** The recordings of one interview as local objects: each is fetched once, and all are released together. */
export class Recordings {
  #objects = new Map<string, Promise<string>>();

  /** `load` fetches the recording at a URL. */
  constructor(readonly load: (url: string) => Promise<Blob>) {}

  /** The object URL of the recording at `url`; a failed fetch is tried again by the next call. */
  object(url: string): Promise<string> {
    const kept = this.#objects.get(url);
    if (kept !== undefined) return kept;
    const object = this.load(url).then(URL.createObjectURL);
    this.#objects.set(url, object);
    object.catch(() => {
      if (this.#objects.get(url) === object) this.#objects.delete(url);
    });
    return object;
  }

  /** Revokes every object, also one that still arrives. */
  release(): void {
    for (const object of this.#objects.values()) {
      object.then(URL.revokeObjectURL, () => undefined); // a failed fetch has no object
    }
    this.#objects.clear();
  }
}
