import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { said } from "./problems";
import { pausesLeft } from "./state";
import type { Room } from "./useRoom";
import { moment, useWords } from "./words";

/** The candidate is away: until when they may return, and the way back. */
export function Paused({ room }: { room: Room }) {
  const words = useWords();
  const { returnBy, starting, trouble } = room.state;
  return (
    <section className="narrow stack ended">
      <span className="disc big">
        <Icon name="pause" />
      </span>
      <h1>{words.paused.title}</h1>
      {returnBy !== null && (
        <p className="lead">
          <time dateTime={returnBy}>{words.paused.until(moment(new Date(returnBy), words))}</time>
        </p>
      )}
      <p>{words.paused.link}</p>
      <div className="card stack tight">
        <p>{words.paused.clock}</p>
        <p>{words.paused.after}</p>
        <p className="muted small">{words.paused.left(pausesLeft(room.state))}</p>
      </div>
      {trouble && (
        <Notice tone="error" live title={words.trouble}>
          {said(trouble, words)}
        </Notice>
      )}
      <div className="row">
        <Button kind="primary" busy={starting} onClick={room.comeBack}>
          {words.paused.resume}
        </Button>
      </div>
    </section>
  );
}
