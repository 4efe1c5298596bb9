import { useEffect, useState } from "react";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { AnswerForm } from "./AnswerForm";
import { ChoiceInput } from "./ChoiceInput";
import { loadDraft, saveDraft } from "./drafts";
import { FormulaInput } from "./FormulaInput";
import { Level } from "./Level";
import { LivePanel } from "./live/LivePanel";
import { MicTrouble } from "./MicTrouble";
import { en } from "./messages";
import { OrderInput } from "./OrderInput";
import { TalkButton } from "./TalkButton";
import type { QuestionCard } from "./types";
import { Unheard } from "./Unheard";
import type { Room } from "./useRoom";

const LOW_CONFIDENCE = 0.7;

type Form = "choice" | "order" | "number" | "formula" | "words";

function formOf(card: QuestionCard | null): Form {
  if (card === null) return "words";
  if (card.answer_mode === "choice" && (card.options?.length ?? 0) > 0) return "choice";
  if ((card.items?.length ?? 0) > 1) return "order";
  if (card.answer_mode === "number" || card.answer_mode === "formula") return card.answer_mode;
  return "words";
}

/** The candidate's answer: chosen, arranged, typed, or spoken and checked. Always more than one way. */
export function Composer({ room, card }: { room: Room; card: QuestionCard | null }) {
  const { turn, heard } = room.state;
  const byText = room.settings.answerBy === "text";
  const form = formOf(card);
  const [inWords, setInWords] = useState(false);
  const questionId = card?.question_id ?? "";

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question begins with its own form
  useEffect(() => setInWords(false), [questionId]);

  if (turn === "recording") return <Speaking room={room} />;
  if (turn === "hearing") {
    return (
      <p className="row" role="status">
        <Spinner /> {en.interview.turn.hearing}
      </p>
    );
  }
  if (turn === "unheard") return <Unheard room={room} />;
  if (turn === "checking" && heard !== null)
    return <CheckHeard room={room} text={heard.draft ?? heard.text} sure={heard.confidence} />;

  const open = room.settings.answerBy === "open" && room.state.stage === "interview";
  if (turn !== "yours" && turn !== "talking") {
    return open && room.state.live !== "off" ? <LivePanel room={room} /> : null;
  }

  const special = form !== "words" && !inWords;
  return (
    <div className="stack">
      {room.mic !== null && <MicTrouble reason={room.mic} />}
      {special && form === "choice" && card?.options && (
        <ChoiceInput key={questionId} options={card.options} multiple={card.multiple === true} onAnswer={room.answer} />
      )}
      {special && form === "order" && card?.items && (
        <OrderInput key={questionId} items={card.items} onAnswer={room.answer} />
      )}
      {special && form === "formula" && (
        <FormulaInput key={questionId} questionId={questionId} columns={card?.columns ?? []} room={room} />
      )}
      {special && form === "number" && <NumberInput key={questionId} questionId={questionId} room={room} />}
      {!special && byText && <Typing key={questionId} questionId={questionId} room={room} />}
      {!special && !byText && !open && <TalkButton room={room} />}
      {open && <LivePanel room={room} />}
      <div className="row alternatives">
        {special ? (
          <Button kind="quiet" onClick={() => setInWords(true)}>
            <Icon name={byText ? "keyboard" : "mic"} />
            {en.answer.words}
          </Button>
        ) : (
          <>
            {!byText && (
              <Button kind="quiet" onClick={() => room.changeSettings({ answerBy: "text" })}>
                <Icon name="keyboard" />
                {en.answer.type}
              </Button>
            )}
            {room.settings.answerBy !== "voice" && (
              <Button kind="quiet" onClick={() => room.changeSettings({ answerBy: "voice" })}>
                <Icon name="mic" />
                {open ? en.answer.press : en.answer.speakInstead}
              </Button>
            )}
            {room.settings.answerBy !== "open" && room.state.stage === "interview" && (
              <Button kind="quiet" onClick={() => room.changeSettings({ answerBy: "open" })}>
                <Icon name="mic" />
                {en.answer.open}
              </Button>
            )}
            {form !== "words" && (
              <Button kind="quiet" onClick={() => setInWords(false)}>
                {en.answer.back}
              </Button>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function Speaking({ room }: { room: Room }) {
  return (
    <div className="stack center">
      <Level level={room.level} />
      <TalkButton room={room} />
      <Button kind="quiet" onClick={room.discard}>
        {en.answer.cancel}
      </Button>
    </div>
  );
}

function CheckHeard({ room, text, sure }: { room: Room; text: string; sure: number }) {
  const [words, setWords] = useState(text);
  const [empty, setEmpty] = useState(false);
  return (
    <AnswerForm
      actions={
        <>
          {room.lastRecording && (
            <Button onClick={() => room.lastRecording && room.playBlob(room.lastRecording)}>
              <Icon name="play" />
              {en.check.yours}
            </Button>
          )}
          <Button kind="quiet" onClick={room.discard}>
            {en.answer.again}
          </Button>
        </>
      }
      onSend={() => (words.trim() === "" ? setEmpty(true) : room.answer(words))}
    >
      <Field
        label={en.answer.heard}
        hint={sure < LOW_CONFIDENCE ? en.answer.low : en.answer.heardHint}
        error={empty && words.trim() === "" ? en.answer.empty : undefined}
      >
        {(wiring) => (
          <textarea
            {...wiring}
            className="input"
            rows={4}
            // biome-ignore lint/a11y/noAutofocus: the candidate asked for these words by stopping the recording
            autoFocus
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={sendOnCtrlEnter}
          />
        )}
      </Field>
    </AnswerForm>
  );
}

function Typing({ questionId, room }: { questionId: string; room: Room }) {
  const [text, setText] = useState(() => loadDraft(sessionStorage, questionId));
  const [empty, setEmpty] = useState(false);
  return (
    <AnswerForm onSend={() => (text.trim() === "" ? setEmpty(true) : room.answer(text))}>
      <Field
        label={en.answer.label}
        hint={en.answer.typeHint}
        error={empty && text.trim() === "" ? en.answer.empty : undefined}
      >
        {(wiring) => (
          <textarea
            {...wiring}
            className="input"
            rows={5}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              saveDraft(sessionStorage, questionId, event.target.value);
            }}
            onPaste={(event) => room.note("paste", { characters: event.clipboardData.getData("text").length })}
            onKeyDown={sendOnCtrlEnter}
          />
        )}
      </Field>
    </AnswerForm>
  );
}

function NumberInput({ questionId, room }: { questionId: string; room: Room }) {
  const [text, setText] = useState(() => loadDraft(sessionStorage, questionId));
  const [empty, setEmpty] = useState(false);
  return (
    <AnswerForm onSend={() => (text.trim() === "" ? setEmpty(true) : room.answer(text.trim()))}>
      <Field
        label={en.answer.number}
        hint={en.answer.numberHint}
        error={empty && text.trim() === "" ? en.answer.empty : undefined}
      >
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              saveDraft(sessionStorage, questionId, event.target.value);
            }}
          />
        )}
      </Field>
    </AnswerForm>
  );
}

function sendOnCtrlEnter(event: React.KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}
