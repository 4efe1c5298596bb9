import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { Composer } from "./Composer";
import { said } from "./problems";
import type { QuestionCard } from "./types";
import type { Room } from "./useRoom";
import { useWords } from "./words";

const CARD: QuestionCard = {
  question_id: "practice",
  question_type: "opener",
  prompt: "", // the words are those of the language
  answer_mode: "spoken",
  skill: "",
};

/** One question that leaves no trace: the answer stays in the page. */
export function Practice({ room }: { room: Room }) {
  const words = useWords();
  const { practised, trouble, turn } = room.state;
  return (
    <section className="narrow stack practice">
      <h1>{words.practice.title}</h1>
      <p className="muted">{words.practice.lead}</p>
      <div className="card stack">
        <p className="prompt">{words.practice.prompt}</p>
        {practised === null ? (
          <Composer room={room} card={CARD} />
        ) : (
          <>
            <p className="quote">{words.quoted(practised)}</p>
            <Notice tone="good" live title={words.practice.done}>
              {words.practice.doneBody}
            </Notice>
          </>
        )}
      </div>
      {trouble && turn !== "unheard" && (
        <Notice tone="error" live title={words.trouble}>
          {said(trouble, words)}
        </Notice>
      )}
      <div className="row">
        <Button kind={practised === null ? "quiet" : "primary"} busy={room.state.starting} onClick={room.start}>
          {practised === null ? words.practice.skip : words.practice.start}
        </Button>
      </div>
    </section>
  );
}
