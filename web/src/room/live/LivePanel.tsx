import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import { Level } from "../Level";
import type { Room } from "../useRoom";
import { useWords } from "../words";

/** The open microphone: whether it is on, what it hears, and the ways out of it. */
export function LivePanel({ room }: { room: Room }) {
  const words = useWords();
  const { live, turn, saying, offer } = room.state;
  if (live === "off") {
    return (
      <div className="talk">
        <button type="button" className="talk-button" onClick={room.live.open}>
          <Icon name="mic" />
          <span>{words.live.open}</span>
        </button>
        <p className="muted small">{words.live.openHint}</p>
      </div>
    );
  }
  if (live === "connecting") {
    return (
      <p className="row center" role="status">
        <Spinner /> {words.live.connecting}
      </p>
    );
  }
  const { muted } = room.live;
  return (
    <div className="live stack" data-muted={muted || undefined}>
      <Level level={room.live.level} />
      <p className="muted small center-text">{muted ? words.live.muted : words.live.on}</p>
      {saying !== "" && (
        <p className="quote" aria-hidden="true">
          {saying}
        </p>
      )}
      {offer !== null && turn === "yours" && (
        <Notice live title={words.live.offer[offer]}>
          {offer === "repeat_or_skip" && (
            <div className="row">
              <Button onClick={room.repeat}>{words.help.repeat}</Button>
              <Button onClick={room.skip}>{words.help.skip}</Button>
            </div>
          )}
        </Notice>
      )}
      <div className="row alternatives">
        {turn === "talking" && live === "on" && (
          <Button kind="primary" onClick={room.live.finish}>
            <Icon name="check" />
            {words.live.done}
          </Button>
        )}
        <Button aria-pressed={muted} onClick={() => room.live.mute(!muted)}>
          <Icon name={muted ? "mic" : "stop"} />
          {muted ? words.live.unmute : words.live.mute}
        </Button>
        <Button kind="quiet" onClick={room.live.close}>
          {words.live.close}
        </Button>
      </div>
    </div>
  );
}
