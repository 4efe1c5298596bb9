import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { Composer } from "./Composer";
import { en } from "./messages";
import { said } from "./problems";
import type { QuestionCard } from "./types";
import type { Room } from "./useRoom";

const CARD: QuestionCard = {
  question_id: "practice",
  question_type: "opener",
  prompt: en.practice.prompt,
  answer_mode: "spoken",
  skill: "",
};

/** One question that leaves no trace: the answer stays in the page. */
export function Practice({ room }: { room: Room }) {
  const { practised, trouble, turn } = room.state;
  return (
    <section className="narrow stack practice">
      <h1>{en.practice.title}</h1>
      <p className="muted">{en.practice.lead}</p>
      <div className="card stack">
        <p className="prompt">{CARD.prompt}</p>
        {practised === null ? (
          <Composer room={room} card={CARD} />
        ) : (
          <>
            <p className="quote">“{practised}”</p>
            <Notice tone="good" live title={en.practice.done}>
              {en.practice.doneBody}
            </Notice>
          </>
        )}
      </div>
      {trouble && turn !== "unheard" && (
        <Notice tone="error" live title={en.trouble}>
          {said(trouble)}
        </Notice>
      )}
      <div className="row">
        <Button kind={practised === null ? "quiet" : "primary"} busy={room.state.starting} onClick={room.start}>
          {practised === null ? en.practice.skip : en.practice.start}
        </Button>
      </div>
    </section>
  );
}
