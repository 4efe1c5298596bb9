import { useEffect, useState } from "react";
import { isSignedOut, useApi, wordsOf } from "../staff/api";
import { signOut } from "../staff/session";
import type { PlatformState } from "../staff/types";

export type Reading = { at: number; state: PlatformState };

export const EVERY_MS = 5000;
/** Five minutes. */
const KEPT = 61;

/** The platform's state every five seconds, oldest first; a hidden page asks for nothing. */
export function usePlatform(): { readings: Reading[]; error: string } {
  const api = useApi();
  const [readings, setReadings] = useState<Reading[]>([]);
  const [error, setError] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const read = async () => {
      if (document.visibilityState === "visible") {
        try {
          const state = await api.json<PlatformState>("/platform", { signal: stop.signal });
          setReadings((before) => [...before, { at: Date.now(), state }].slice(-KEPT));
          setError("");
        } catch (problem) {
          if (stop.signal.aborted) return;
          if (isSignedOut(problem)) signOut();
          setError(wordsOf(problem));
        }
      }
      if (!stop.signal.aborted) timer = window.setTimeout(() => void read(), EVERY_MS);
    };
    void read();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [api]);
  return { readings, error };
}
