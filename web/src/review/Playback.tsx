import { useEffect, useRef, useState } from "react";
import type { EventLog } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { Button } from "../ui/Button";
import { clockText } from "../ui/duration";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { usePlayer } from "./player";
import { timeline, type Utterance } from "./timeline";

/** The whole interview: a track per speaker, without the silence between; it plays on from one utterance to the next. */
export function Playback({ id }: { id: string }) {
  const { data, error } = useLoad<EventLog>(`/session/events/${encodeURIComponent(id)}`);
  if (error) return <Notice tone="error">{error}</Notice>;
  if (!data) return <p role="status">Loading …</p>;
  return <Tracks utterances={timeline(data.events)} />;
}

function Tracks({ utterances }: { utterances: Utterance[] }) {
  const player = usePlayer();
  const [at, setAt] = useState(-1);
  const run = useRef(0);
  const list = useRef<HTMLOListElement>(null);
  const recorded = utterances.some((one) => one.audioUrl !== null);
  const playing = at >= 0;

  const stopPlaying = player.stop;
  useEffect(() => {
    return () => {
      run.current += 1;
      stopPlaying();
    };
  }, [stopPlaying]);

  const playFrom = async (index: number) => {
    run.current += 1;
    const own = run.current;
    for (let next = index; next < utterances.length; next += 1) {
      const one = utterances[next];
      if (one === undefined || one.audioUrl === null) continue;
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
      const how = await player.play({ url: one.audioUrl, at: 0, label: `${speaker(one)}, ${clockText(one.at)}` });
      if (run.current !== own) return;
      if (how === "replaced") break;
    }
    setAt(-1);
  };
  const stop = () => {
    run.current += 1;
    player.stop();
    setAt(-1);
  };
  const step = (by: number) => {
    let next = Math.max(0, at) + by;
    while (utterances[next] && utterances[next]?.audioUrl === null) next += by;
    if (utterances[next]) void playFrom(next);
  };

  return (
    <section className="card stack" aria-label="The whole interview">
      <div className="row">
        <Button kind="primary" aria-disabled={!recorded} onClick={() => (playing ? stop() : void playFrom(0))}>
          <Icon name={playing ? "stop" : "play"} />
          {playing ? "Stop" : "Play from the start"}
        </Button>
        <Button aria-disabled={!playing} onClick={() => step(-1)}>
          Previous
        </Button>
        <Button aria-disabled={!playing} onClick={() => step(1)}>
          Next
        </Button>
      </div>
      {!recorded && <Notice>Nothing of this interview was recorded: it was typed.</Notice>}
      <div className="tracks" aria-hidden="true">
        {utterances.map((one, index) => (
          <span
            key={one.seq}
            data-speaker={one.speaker}
            data-playing={index === at || undefined}
            data-silent={one.audioUrl === null || undefined}
            style={{ flexGrow: one.duration }}
          />
        ))}
      </div>
      <ol className="utterances" ref={list}>
        {utterances.map((one, index) => (
          <li key={one.seq} data-speaker={one.speaker} aria-current={index === at || undefined}>
            <p className="small muted">
              <strong>{speaker(one)}</strong> · {clockText(one.at)}
              {one.audioUrl === null && (one.speaker === "candidate" ? " · typed" : " · not spoken")}
            </p>
            <p>{one.text || "(no words)"}</p>
            {one.audioUrl !== null && (
              <Button
                kind="quiet"
                aria-label={`Play from here: ${speaker(one)}, ${clockText(one.at)}`}
                onClick={() => void playFrom(index)}
              >
                <Icon name="play" />
                Play from here
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function speaker(one: Utterance): string {
  return one.speaker === "candidate" ? "Candidate" : "Interviewer";
}
