import { expect, test, vi } from "vitest";
import { MicError, type Recording } from "../audio/recorder";
import { Microphone } from "./microphone";

function recordingOf(): Recording {
  return { stop: vi.fn(async () => new Blob(["sound"])), cancel: vi.fn(), level: () => 0.5 };
}

/** A microphone whose permission is given, or refused, when the test says so. */
function asking() {
  const prompts: { allow: (recording: Recording) => void; refuse: (error: Error) => void }[] = [];
  const open = () => new Promise<Recording>((allow, refuse) => void prompts.push({ allow, refuse }));
  return { microphone: new Microphone(open), prompts };
}

test("a second press while the permission is asked opens nothing more", async () => {
  const { microphone, prompts } = asking();
  const first = microphone.start();
  expect(await microphone.start()).toBe(false);
  prompts[0]?.allow(recordingOf());
  expect(await first).toBe(true);
  expect(await microphone.start()).toBe(false);
  expect(prompts).toHaveLength(1);
});

test("a recording that was cancelled while the permission was asked does not begin", async () => {
  const { microphone, prompts } = asking();
  const started = microphone.start();
  microphone.cancel();
  const late = recordingOf();
  prompts[0]?.allow(late);
  expect(await started).toBe(false);
  expect(late.cancel).toHaveBeenCalledOnce();
  expect(microphone.stop()).toBeNull();
});

test("a cancelled opening leaves the next one alone", async () => {
  const { microphone, prompts } = asking();
  const first = microphone.start();
  microphone.cancel();
  const second = microphone.start();
  prompts[0]?.refuse(new MicError("denied"));
  expect(await first).toBe(false);
  prompts[1]?.allow(recordingOf());
  expect(await second).toBe(true);
  expect(microphone.level()).toBe(0.5);
});

test("a refusal is told, and the microphone can be tried again", async () => {
  const { microphone, prompts } = asking();
  const refused = microphone.start();
  prompts[0]?.refuse(new MicError("denied"));
  await expect(refused).rejects.toThrow("denied");
  const again = microphone.start();
  prompts[1]?.allow(recordingOf());
  expect(await again).toBe(true);
});

test("a recording ends once: with its file, or thrown away", async () => {
  const recording = recordingOf();
  const microphone = new Microphone(async () => recording);
  await microphone.start();
  expect(await microphone.stop()?.then((sound) => sound.size)).toBe(5);
  microphone.cancel();
  expect(recording.cancel).not.toHaveBeenCalled();
  await microphone.start();
  microphone.cancel();
  expect(recording.cancel).toHaveBeenCalledOnce();
  expect(microphone.stop()).toBeNull();
});
