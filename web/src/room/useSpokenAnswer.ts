import { type Dispatch, useCallback, useEffect, useRef, useState } from "react";
import { problemFrom } from "../api/problem";
import { MicError, type MicFailure, record } from "../audio/recorder";
import { Microphone } from "./microphone";
import type { RoomEvent, RoomState } from "./state";
import type { Heard } from "./types";

export type SpokenAnswer = {
  mic: MicFailure | null;
  /** The loudness in [0, 1] while recording. */
  level: () => number;
  lastRecording: Blob | null;
  startRecording: () => Promise<void>;
  stopRecording: () => Promise<void>;
  /** Asks again for the words of the last recording. */
  retryTranscript: () => void;
  /** Throws away the recording, or the words that were heard. */
  discard: () => void;
  /** Ends a recording; words that were heard already stay. */
  release: () => void;
  /** Forgets the recording that was sent. The same function in every render. */
  forget: () => void;
};

/** The candidate's voice: recorded only while the page says so, then shown as it was understood. */
export function useSpokenAnswer(
  state: RoomState,
  dispatch: Dispatch<RoomEvent>,
  transcript: (sound: Blob) => Promise<Heard>,
): SpokenAnswer {
  const [microphone] = useState(() => new Microphone(record));
  const [mic, setMic] = useState<MicFailure | null>(null);
  const [lastRecording, setLastRecording] = useState<Blob | null>(null);
  /** Counts the recordings, so that nothing late of one that was thrown away is taken for the next. */
  const take = useRef(0);
  const { turn, stage, practised } = state;
  const forget = useCallback(() => setLastRecording(null), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: also when the same turn begins elsewhere
  useEffect(() => {
    if (turn !== "recording") microphone.cancel();
  }, [microphone, turn, stage, practised]);

  const understand = async (sound: Blob, own: number) => {
    try {
      const { text, confidence } = await transcript(sound);
      if (take.current === own) dispatch({ type: "heard", text, confidence });
    } catch (error) {
      if (take.current === own) dispatch({ type: "notHeard", problem: problemFrom(error) });
    }
  };

  return {
    mic,
    level: () => microphone.level(),
    lastRecording,
    startRecording: async () => {
      try {
        if (!(await microphone.start())) return;
        setMic(null);
        dispatch({ type: "recordingStarted" });
      } catch (error) {
        setMic(error instanceof MicError ? error.reason : "busy");
      }
    },
    stopRecording: async () => {
      const stopped = microphone.stop();
      if (stopped === null) return;
      take.current += 1;
      const own = take.current;
      dispatch({ type: "recordingStopped" });
      const sound = await stopped;
      if (take.current !== own) return;
      setLastRecording(sound);
      await understand(sound, own);
    },
    retryTranscript: () => {
      if (turn !== "unheard" || lastRecording === null) return;
      dispatch({ type: "transcriptRetried" });
      void understand(lastRecording, take.current);
    },
    discard: () => {
      microphone.cancel();
      take.current += 1;
      setLastRecording(null);
      dispatch({ type: "discarded" });
    },
    release: () => {
      microphone.cancel();
      if (turn === "recording") dispatch({ type: "discarded" });
    },
    forget,
  };
}
