import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { en } from "./messages";
import { mayAnswer, nextHintCost } from "./state";
import type { Room } from "./useRoom";

/** The next hint, with its cost before it is taken. */
export function HintButton({ room }: { room: Room }) {
  const [asking, setAsking] = useState(false);
  const { hintsLeft } = room.state;
  if (hintsLeft === 0 || !mayAnswer(room.state)) return null;
  const cost = nextHintCost(room.state);
  const percent = cost === null ? null : Math.round(cost * 100);
  return (
    <>
      <Button busy={room.state.hinting} onClick={() => setAsking(true)}>
        <Icon name="hint" />
        {en.hint.take}
        {percent !== null && <span className="muted small">{en.hint.cost(percent)}</span>}
      </Button>
      {asking && (
        <Dialog
          title={en.hint.title}
          closeLabel={en.close}
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button onClick={() => setAsking(false)}>{en.cancel}</Button>
              <Button
                kind="primary"
                onClick={() => {
                  setAsking(false);
                  room.hint();
                }}
              >
                {en.hint.yes}
              </Button>
            </>
          }
        >
          <p>{percent === null ? en.hint.unknown : en.hint.body(percent, hintsLeft)}</p>
        </Dialog>
      )}
    </>
  );
}
