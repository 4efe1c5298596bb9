/** One player for an interview: recordings need a token, so they are fetched and played as local objects. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useApi, wordsOf } from "../staff/api";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Recordings } from "./recordings";

type Track = { url: string; label: string; at: number };

type Player = {
  /** Plays the recording at `url` from `at` seconds; resolves when it has ended or was replaced or stopped. */
  play: (track: Track) => Promise<"ended" | "replaced" | "failed">;
  stop: () => void;
  current: Track | null;
};

const PlayerContext = createContext<Player | null>(null);

export function usePlayer(): Player {
  const player = useContext(PlayerContext);
  if (player === null) throw new Error("used outside of the player");
  return player;
}

export function PlayerProvider({ children }: { children: ReactNode }) {
  const api = useApi();
  const audio = useRef<HTMLAudioElement>(null);
  const settle = useRef<((how: "ended" | "replaced" | "failed") => void) | null>(null);
  const [current, setCurrent] = useState<Track | null>(null);
  const [error, setError] = useState("");

  const recordings = useMemo(() => new Recordings((url) => api.blob(url, "audio/*")), [api]);
  useEffect(() => () => recordings.release(), [recordings]);

  const finish = useCallback((how: "ended" | "replaced" | "failed") => {
    settle.current?.(how);
    settle.current = null;
  }, []);

  const play = useCallback(
    (track: Track) => {
      finish("replaced");
      setError("");
      setCurrent(track);
      return new Promise<"ended" | "replaced" | "failed">((resolve) => {
        settle.current = resolve;
        const stillWanted = () => settle.current === resolve;
        const start = async () => {
          const object = await recordings.object(track.url);
          const element = audio.current;
          if (element === null || !stillWanted()) return;
          if (element.src !== object) element.src = object;
          element.currentTime = track.at;
          await element.play();
        };
        start().catch((problem: unknown) => {
          if (!stillWanted()) return;
          setError(wordsOf(problem));
          finish("failed");
        });
      });
    },
    [recordings, finish],
  );

  const stop = useCallback(() => {
    finish("replaced");
    audio.current?.pause();
    setCurrent(null);
  }, [finish]);

  const player = useMemo(() => ({ play, stop, current }), [play, stop, current]);
  return (
    <PlayerContext value={player}>
      {children}
      <section className="player" aria-label="Recording" hidden={current === null}>
        <div>
          <strong>{current?.label}</strong>
          {error && <span role="alert">It cannot be played: {error}</span>}
        </div>
        {/* biome-ignore lint/a11y/useMediaCaption: the words are on the page, next to the button that plays them */}
        <audio ref={audio} controls data-recording={current?.url} onEnded={() => finish("ended")} />
        <Button kind="quiet" aria-label="Close the player" onClick={stop}>
          <Icon name="close" />
        </Button>
      </section>
    </PlayerContext>
  );
}
