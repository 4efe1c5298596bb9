import { afterEach, expect, test, vi } from "vitest";
import { Player } from "./player";

/** As an HTMLAudioElement: `load` without a source empties it. */
class FakeAudio extends EventTarget {
  static created: FakeAudio[] = [];
  src = "";
  constructor() {
    super();
    FakeAudio.created.push(this);
  }
  removeAttribute(): void {
    this.src = "";
  }
  load(): void {
    if (this.src === "") this.dispatchEvent(new Event("emptied"));
  }
  pause(): void {}
  async play(): Promise<void> {
    this.dispatchEvent(new Event("playing"));
  }
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("a sound that is stopped is let go before its object is revoked", async () => {
  vi.stubGlobal("Audio", FakeAudio);
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:1");
  const sources: string[] = []; // what the element asks for when an object is revoked
  vi.spyOn(URL, "revokeObjectURL").mockImplementation(
    () => void sources.push(...FakeAudio.created.map((audio) => audio.src)),
  );
  const playing: boolean[] = [];

  const player = new Player((on) => playing.push(on));
  await player.play(new Blob(["sound"]), 1);
  player.stop();
  player.stop();

  expect(sources).toEqual([""]);
  expect(playing).toEqual([true, false]);
});
