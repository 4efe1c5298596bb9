import { useEffect, useRef } from "react";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import type { Line } from "./state";
import type { Room } from "./useRoom";
import { useWords } from "./words";

/** Everything that was said, newest at the end. */
export function Conversation({ room }: { room: Room }) {
  const words = useWords();
  const { lines, notice } = room.state;
  const end = useRef<HTMLOListElement>(null);
  const newest = lines.at(-1);
  const [id, text, audioUrl] = [newest?.id, newest?.text, newest?.audioUrl];
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the newest line, which grows while it arrives
  useEffect(() => {
    const list = end.current;
    list?.scrollTo({ top: list.scrollHeight });
  }, [id, text, audioUrl]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <ol className="conversation" ref={end} tabIndex={0} aria-label={words.interview.conversation}>
      {lines.map((line) => (
        <Said key={line.id} line={line} language={notice?.notice.language} onHear={room.hearAgain} />
      ))}
    </ol>
  );
}

type SaidProps = { line: Line; language: string | undefined; onHear: (url: string) => void };

function Said({ line, language, onHear }: SaidProps) {
  const words = useWords();
  const mine = line.who === "candidate";
  const url = line.audioUrl;
  return (
    <li data-who={line.who} data-provisional={line.provisional || undefined}>
      <span className="who">{mine ? words.interview.you : words.interview.interviewer}</span>
      <p lang={language}>{line.text || words.answer.spoken}</p>
      {url !== null && !mine && (
        <Button kind="quiet" onClick={() => onHear(url)}>
          <Icon name="play" />
          {words.interview.play}
        </Button>
      )}
    </li>
  );
}
