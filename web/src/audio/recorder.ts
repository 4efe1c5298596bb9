/** Records the microphone into one compressed file, and tells the level while it does. */

export type MicFailure = "denied" | "missing" | "busy" | "insecure" | "unsupported";

export class MicError extends Error {
  constructor(readonly reason: MicFailure) {
    super(reason);
    this.name = "MicError";
  }
}

/** Why this browser cannot record at all; null where it can try. */
export function whyNoMicrophone(): MicFailure | null {
  if (!window.isSecureContext) return "insecure";
  if (navigator.mediaDevices === undefined || typeof MediaRecorder === "undefined") return "unsupported";
  return null;
}

export type Recording = {
  /** Ends it and gives the file. */
  stop: () => Promise<Blob>;
  /** Ends it and throws the file away. */
  cancel: () => void;
  /** The loudness of the last moment in [0, 1]. */
  level: () => number;
};

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** Rejects with MicError. */
export async function record(): Promise<Recording> {
  const reason = whyNoMicrophone();
  if (reason !== null) throw new MicError(reason);
  const stream = await openStream();
  let meter: Meter | null = null;
  const release = () => {
    meter?.close();
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
    meter = levelOf(stream);
    const recording = recordingOf(recorder, meter.level, release);
    recorder.start(1000);
    return recording;
  } catch {
    release();
    throw new MicError("busy");
  }
}

function recordingOf(recorder: MediaRecorder, level: () => number, release: () => void): Recording {
  const pieces: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => {
    if (data.size > 0) pieces.push(data);
  });
  return {
    level,
    cancel: () => {
      if (recorder.state !== "inactive") recorder.stop();
      release();
    },
    stop: () =>
      new Promise((resolve) => {
        const done = () => {
          release();
          resolve(new Blob(pieces, { type: recorder.mimeType }));
        };
        if (recorder.state === "inactive") done();
        else {
          recorder.addEventListener("stop", done, { once: true });
          recorder.stop();
        }
      }),
  };
}

/** The browser's microphone, of one channel; rejects with MicError. */
export async function openStream(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "SecurityError") throw new MicError("denied");
    throw new MicError(name === "NotFoundError" ? "missing" : "busy");
  }
}

type Meter = { level: () => number; close: () => void };

function levelOf(stream: MediaStream): Meter {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level: () => {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    close: () => void context.close(),
  };
}

/** In [0, 1]: -60 dB is silence, -10 dB loud. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power + 1e-10);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
