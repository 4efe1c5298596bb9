import { expect, test } from "vitest";
import { StreamPlayer } from "./streamPlayer";

/** As a Web Audio source: it tells when its samples were heard. */
class FakeSource {
  buffer: unknown = null;
  onended: (() => void) | null = null;
  connect(): void {}
  start(): void {}
  stop(): void {}
}

function set(): { player: StreamPlayer; sources: FakeSource[] } {
  const sources: FakeSource[] = [];
  const context = {
    currentTime: 0,
    destination: null,
    createBuffer: (_channels: number, length: number, rate: number) => ({
      duration: length / rate,
      copyToChannel() {},
    }),
    createBufferSource() {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
  };
  return { player: new StreamPlayer(context as unknown as AudioContext, () => {}), sources };
}

test("the sound is closed after the last piece was heard, and not before", () => {
  const { player, sources } = set();
  let closed = 0;
  player.push("farewell", new Float32Array(240));
  player.push("farewell", new Float32Array(240));
  player.whenSilent(() => closed++);
  sources[0]?.onended?.();
  expect(closed).toBe(0);
  sources[1]?.onended?.();
  expect(closed).toBe(1);
});

test("the sound is closed at once where nothing plays, and when it is stopped", () => {
  const { player } = set();
  let closed = 0;
  player.whenSilent(() => closed++);
  expect(closed).toBe(1);
  player.push("farewell", new Float32Array(240));
  player.whenSilent(() => closed++);
  player.stop();
  expect(closed).toBe(2);
});
