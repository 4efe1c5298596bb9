import { useCallback, useEffect, useState } from "react";
import { isSignedOut, useApi, wordsOf } from "./api";
import { signOut } from "./session";

export type Loaded<T> = {
  data: T | undefined;
  error: string;
  /** Whether the data is that of the current path. */
  loading: boolean;
  reload: () => void;
};

/** What a path answers. The last answer stays while another one is loaded, and a rejected token ends the session. */
export function useLoad<T>(path: string): Loaded<T> {
  const api = useApi();
  const [data, setData] = useState<T>();
  const [error, setError] = useState("");
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round loads the same path again
  useEffect(() => {
    const stop = new AbortController();
    setLoading(true);
    api.json<T>(path, { signal: stop.signal }).then(
      (found) => {
        setData(found);
        setError("");
        setLoading(false);
      },
      (problem: unknown) => {
        if (stop.signal.aborted) return;
        if (isSignedOut(problem)) signOut();
        setError(wordsOf(problem));
        setLoading(false);
      },
    );
    return () => stop.abort();
  }, [api, path, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  return { data, error, loading, reload };
}
