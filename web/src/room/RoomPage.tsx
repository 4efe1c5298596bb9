import { useEffect, useRef } from "react";
import { Spinner } from "../ui/Spinner";
import { Arrival } from "./Arrival";
import { DeviceCheck } from "./DeviceCheck";
import { Ended } from "./Ended";
import { Interview } from "./Interview";
import { Paused } from "./Paused";
import { Practice } from "./Practice";
import { Refused } from "./Refused";
import { useRoom } from "./useRoom";
import { useWords } from "./words";
import "./room.css";

export function RoomPage() {
  const words = useWords();
  const room = useRoom();
  const { stage, notice } = room.state;
  const main = useRef<HTMLElement>(null);
  const shown = useRef(stage);

  // A new page begins at its top, and a screen reader at its heading.
  useEffect(() => {
    if (shown.current === stage || stage === "opening") return;
    shown.current = stage;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [stage]);

  useEffect(() => {
    document.title = notice === null ? words.product : `${notice.notice.title} – ${words.product}`;
  }, [notice, words]);

  return (
    <>
      <a className="skip-link" href="#main">
        {words.skip}
      </a>
      <header className="masthead">
        <span className="brand">
          <span className="mark" aria-hidden="true">
            <i />
            <i />
            <i />
            <i />
          </span>
          <span>{notice?.notice.title ?? words.product}</span>
        </span>
        <div id="masthead-tools" className="row" />
      </header>
      <main id="main" ref={main} tabIndex={-1} data-stage={stage}>
        {stage === "opening" && (
          <p className="row opening" role="status">
            <Spinner /> {words.opening}
          </p>
        )}
        {stage === "refused" && <Refused problem={room.state.problem} onRetry={room.reopen} />}
        {notice !== null && stage === "arrival" && <Arrival room={room} notice={notice} />}
        {stage === "check" && <DeviceCheck room={room} />}
        {stage === "practice" && <Practice room={room} />}
        {stage === "interview" && <Interview room={room} />}
        {stage === "paused" && <Paused room={room} />}
        {stage === "ended" && <Ended state={room.state} />}
      </main>
    </>
  );
}
