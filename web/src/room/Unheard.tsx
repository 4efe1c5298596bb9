import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { en } from "./messages";
import { said } from "./problems";
import type { Room } from "./useRoom";

/** A recording that could not be written down. It is kept: to be tried again, sent as it is, or recorded anew. */
export function Unheard({ room }: { room: Room }) {
  const { stage, trouble } = room.state;
  return (
    <div className="stack">
      <Notice tone="error" live title={en.answer.unheard}>
        {trouble && said(trouble)} {en.answer.unheardKept}
      </Notice>
      <div className="row">
        <Button kind="primary" onClick={room.retryTranscript} autoFocus>
          {en.retry}
        </Button>
        {stage === "interview" && <Button onClick={room.sendRecording}>{en.answer.sendAsItIs}</Button>}
        <Button kind="quiet" onClick={room.discard}>
          {en.answer.again}
        </Button>
      </div>
    </div>
  );
}
