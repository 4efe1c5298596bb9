import { useEffect, useId, useRef } from "react";
import { Icon } from "../ui/Icon";
import { en } from "./messages";
import type { Room } from "./useRoom";

/** A press that lasts longer is a hold: it ends with its release. */
const HOLD_MS = 500;

/** Push to talk: press to start and press to stop, or hold while speaking; by pointer or keyboard. */
export function TalkButton({ room }: { room: Room }) {
  const recording = room.state.turn === "recording";
  const pressedAt = useRef<number | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const hint = useId();

  // The button is another element once recording begins; the focus stays on it.
  useEffect(() => {
    if (recording) button.current?.focus({ preventScroll: true });
  }, [recording]);

  // A release may come anywhere, and a window that loses the focus gets none.
  useEffect(() => {
    if (!recording) return;
    const release = () => {
      const since = holdStart;
      holdStart = null;
      if (since !== null && performance.now() - since >= HOLD_MS) room.stopRecording();
    };
    addEventListener("pointerup", release);
    addEventListener("keyup", release);
    addEventListener("blur", release);
    return () => {
      removeEventListener("pointerup", release);
      removeEventListener("keyup", release);
      removeEventListener("blur", release);
    };
  }, [recording, room.stopRecording]);

  const press = () => {
    if (recording) {
      holdStart = null;
      room.stopRecording();
      return;
    }
    pressedAt.current = performance.now();
    holdStart = pressedAt.current;
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
        <span>{recording ? en.answer.stop : en.answer.speak}</span>
      </button>
      <p id={hint} className="muted small">
        {en.answer.hold}
      </p>
    </div>
  );
}

/** Outlives the first element: a hold begins before recording and ends in it. */
let holdStart: number | null = null;
