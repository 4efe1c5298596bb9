import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { mayAnswer, nextHintCost } from "./state";
import type { Room } from "./useRoom";
import { useWords } from "./words";

/** The next hint, with its cost before it is taken. */
export function HintButton({ room }: { room: Room }) {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  const { hintsLeft } = room.state;
  if (hintsLeft === 0 || !mayAnswer(room.state)) return null;
  const cost = nextHintCost(room.state);
  const percent = cost === null ? null : Math.round(cost * 100);
  return (
    <>
      <Button busy={room.state.hinting} onClick={() => setAsking(true)}>
        <Icon name="hint" />
        {words.hint.take}
        {percent !== null && <span className="muted small">{words.hint.cost(percent)}</span>}
      </Button>
      {asking && (
        <Dialog
          title={words.hint.title}
          closeLabel={words.close}
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button onClick={() => setAsking(false)}>{words.cancel}</Button>
              <Button
                kind="primary"
                onClick={() => {
                  setAsking(false);
                  room.hint();
                }}
              >
                {words.hint.yes}
              </Button>
            </>
          }
        >
          <p>{percent === null ? words.hint.unknown : words.hint.body(percent, hintsLeft)}</p>
        </Dialog>
      )}
    </>
  );
}
