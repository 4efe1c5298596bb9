import { useEffect, useRef } from "react";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { en } from "./messages";
import type { Line } from "./state";
import type { Room } from "./useRoom";

/** Everything that was said, newest at the end. */
export function Conversation({ room }: { room: Room }) {
  const { lines, notice } = room.state;
  const end = useRef<HTMLOListElement>(null);
  const count = lines.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the newest line
  useEffect(() => {
    const list = end.current;
    list?.scrollTo({ top: list.scrollHeight });
  }, [count]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <ol className="conversation" ref={end} tabIndex={0} aria-label={en.interview.conversation}>
      {lines.map((line) => (
        <Said key={line.id} line={line} language={notice?.notice.language} onHear={room.hearAgain} />
      ))}
    </ol>
  );
}

type SaidProps = { line: Line; language: string | undefined; onHear: (url: string) => void };

function Said({ line, language, onHear }: SaidProps) {
  const mine = line.who === "candidate";
  const url = line.audioUrl;
  return (
    <li data-who={line.who} data-provisional={line.provisional || undefined}>
      <span className="who">{mine ? en.interview.you : en.interview.interviewer}</span>
      <p lang={language}>{line.text}</p>
      {url !== null && !mine && (
        <Button kind="quiet" onClick={() => onHear(url)}>
          <Icon name="play" />
          {en.interview.play}
        </Button>
      )}
    </li>
  );
}
