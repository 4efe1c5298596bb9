import { useEffect, useId, useRef } from "react";
import { Icon } from "../ui/Icon";
import type { Room } from "./useRoom";
import { useWords } from "./words";

/** A press that lasts longer is a hold: it ends with its release. */
const HOLD_MS = 500;

/** Push to talk: press to start and press to stop, or hold while speaking; by pointer or keyboard. */
export function TalkButton({ room }: { room: Room }) {
  const words = useWords();
  const recording = room.state.turn === "recording";
  const button = useRef<HTMLButtonElement>(null);
  const hint = useId();

  // The button is another element once recording begins; the focus stays on it.
  useEffect(() => {
    if (recording) button.current?.focus({ preventScroll: true });
  }, [recording]);

  const press = () => {
    if (recording) {
      room.stopRecording();
      return;
    }
    stopAfterHold(room.stopRecording);
    room.startRecording();
  };

  return (
    <div className="talk">
      <button
        ref={button}
        type="button"
        className="talk-button"
        data-live={recording || undefined}
        aria-describedby={hint}
        onPointerDown={(event) => {
          if (event.button === 0) press();
        }}
        onKeyDown={(event) => {
          if ((event.key !== " " && event.key !== "Enter") || event.repeat) return;
          event.preventDefault();
          press();
        }}
        onClick={(event) => {
          if (event.detail === 0 && event.nativeEvent.isTrusted === false) press(); // a click made by a program
        }}
      >
        <Icon name={recording ? "stop" : "mic"} />
        <span>{recording ? words.answer.stop : words.answer.speak}</span>
      </button>
      <p id={hint} className="muted small">
        {words.answer.hold}
      </p>
    </div>
  );
}

/** Calls `stop` with the release of a press that was held; the release may come anywhere, and a blur counts as one. */
function stopAfterHold(stop: () => void): void {
  const since = performance.now();
  const ended = new AbortController();
  const release = () => {
    ended.abort();
    if (performance.now() - since >= HOLD_MS) stop();
  };
  for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) {
    addEventListener(name, release, { signal: ended.signal });
  }
}
