/** The microphone as a stream of samples, for as long as it is open. */

import captureUrl from "./capture.worklet.js?url";
import { RATE, toPcm } from "./pcm";
import { loudness, MicError, openStream, whyNoMicrophone } from "./recorder";
import { Resampler } from "./resample";

export type OpenMicrophone = {
  /** Silence is sent while it is muted; the browser's track is off as well. */
  mute: (on: boolean) => void;
  /** The loudness of the last moment in [0, 1]. */
  level: () => number;
  close: () => void;
};

/**
 * Calls `heard` with PCM at 24 kHz in blocks of 40 ms, and `ended` when the browser takes the microphone away.
 * `context` must run: it is made in the press that asks for the microphone. Rejects with MicError.
 */
export async function openMicrophone(
  context: AudioContext,
  heard: (samples: Int16Array) => void,
  ended: () => void,
): Promise<OpenMicrophone> {
  const reason = whyNoMicrophone();
  if (reason !== null) throw new MicError(reason);
  if (typeof AudioWorkletNode === "undefined") throw new MicError("unsupported");
  const stream = await openStream();
  const release = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  let level = 0;
  let muted = false;
  try {
    await context.audioWorklet.addModule(captureUrl);
    const source = context.createMediaStreamSource(stream);
    const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0, channelCount: 1 });
    const resampler = new Resampler(context.sampleRate, RATE);
    capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (muted) data.fill(0); // the silence is sent: it ends an answer
      level = loudness(data);
      heard(toPcm(resampler.feed(data)));
    };
    source.connect(capture);
    for (const track of stream.getTracks()) track.addEventListener("ended", ended);
    return {
      mute: (on) => {
        muted = on;
        level = 0;
        for (const track of stream.getTracks()) track.enabled = !on;
      },
      level: () => level,
      close: () => {
        capture.port.onmessage = null;
        source.disconnect();
        release();
      },
    };
  } catch (error) {
    release();
    throw error instanceof MicError ? error : new MicError("busy");
  }
}
