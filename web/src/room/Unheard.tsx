import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { said } from "./problems";
import type { Room } from "./useRoom";
import { useWords } from "./words";

/** A recording that could not be written down. It is kept: to be tried again, sent as it is, or recorded anew. */
export function Unheard({ room }: { room: Room }) {
  const words = useWords();
  const { stage, trouble } = room.state;
  return (
    <div className="stack">
      <Notice tone="error" live title={words.answer.unheard}>
        {trouble && said(trouble, words)} {words.answer.unheardKept}
      </Notice>
      <div className="row">
        <Button kind="primary" onClick={room.retryTranscript} autoFocus>
          {words.retry}
        </Button>
        {stage === "interview" && <Button onClick={room.sendRecording}>{words.answer.sendAsItIs}</Button>}
        <Button kind="quiet" onClick={room.discard}>
          {words.answer.again}
        </Button>
      </div>
    </div>
  );
}
