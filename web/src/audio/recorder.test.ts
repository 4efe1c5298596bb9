import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { record } from "./recorder";

let failing: "recorder" | "context" | "start" | null;
const track = { stop: vi.fn() };
const closed = vi.fn();

class Recorder extends EventTarget {
  static isTypeSupported = () => true;
  state = "inactive";
  mimeType = "audio/webm";
  constructor() {
    super();
    if (failing === "recorder") throw new DOMException("no", "NotSupportedError");
  }
  start() {
    if (failing === "start") throw new DOMException("no", "InvalidStateError");
    this.state = "recording";
  }
  stop() {
    this.state = "inactive";
    this.dispatchEvent(new Event("stop"));
  }
}

class Context {
  constructor() {
    if (failing === "context") throw new DOMException("no", "NotSupportedError");
  }
  createAnalyser = () => ({ fftSize: 0 });
  createMediaStreamSource = () => ({ connect: () => undefined });
  close = closed;
}

beforeEach(() => {
  failing = null;
  vi.clearAllMocks();
  const stream = { getTracks: () => [track] };
  vi.stubGlobal("window", { isSecureContext: true });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: async () => stream } });
  vi.stubGlobal("MediaRecorder", Recorder);
  vi.stubGlobal("AudioContext", Context);
});
afterEach(() => vi.unstubAllGlobals());

test.each(["recorder", "context", "start"] as const)("the microphone is released where the %s fails", async (part) => {
  failing = part;
  await expect(record()).rejects.toMatchObject({ name: "MicError", reason: "busy" });
  expect(track.stop).toHaveBeenCalledOnce();
  expect(closed).toHaveBeenCalledTimes(part === "start" ? 1 : 0);
});

test("the microphone is released with the end of a recording", async () => {
  const recording = await record();
  expect(track.stop).not.toHaveBeenCalled();
  await recording.stop();
  expect(track.stop).toHaveBeenCalledOnce();
  expect(closed).toHaveBeenCalledOnce();
});
