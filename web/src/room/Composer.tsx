import { type ReactNode, useEffect, useState } from "react";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { AnswerForm } from "./AnswerForm";
import { ChoiceInput } from "./ChoiceInput";
import { loadDraft, saveDraft } from "./drafts";
import { FormulaInput } from "./FormulaInput";
import { Level } from "./Level";
import { countNearLimit, MAX_ANSWER_CHARS, MAX_FIELD_CHARS } from "./limit";
import { LivePanel } from "./live/LivePanel";
import { MicTrouble } from "./MicTrouble";
import { OrderInput } from "./OrderInput";
import { TalkButton } from "./TalkButton";
import type { HeardDraft, QuestionCard } from "./types";
import { Unheard } from "./Unheard";
import type { Room } from "./useRoom";
import { useWords } from "./words";

const LOW_CONFIDENCE = 0.7;
/** A number with its unit. */
const MAX_LINE_CHARS = 1_000;

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
  const words = useWords();
  const { turn, heard } = room.state;
  const hears = room.state.notice?.hears !== false;
  const byText = room.settings.answerBy === "text" || !hears;
  const form = formOf(card);
  const [inWords, setInWords] = useState(false);
  const questionId = card?.question_id ?? "";
  // Words that were kept were for an earlier question of this card: its form begins anew.
  const begun = `${questionId} ${room.state.kept?.text ?? ""}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question begins with its own form
  useEffect(() => setInWords(false), [questionId]);

  if (turn === "recording") return <Speaking room={room} />;
  if (turn === "hearing") {
    return (
      <p className="row" role="status">
        <Spinner /> {words.interview.turn.hearing}
      </p>
    );
  }
  if (turn === "unheard") return <Unheard room={room} />;
  if (turn === "checking" && heard !== null) return <CheckHeard room={room} heard={heard} questionId={questionId} />;

  const open = hears && room.settings.answerBy === "open" && room.state.stage === "interview";
  if (turn !== "yours" && turn !== "talking") {
    return open && room.state.live !== "off" ? <LivePanel room={room} /> : null;
  }

  const special = form !== "words" && !inWords;
  return (
    <div className="stack">
      {room.mic !== null && !special && !byText && <MicTrouble reason={room.mic} />}
      {special && form === "choice" && card?.options && (
        <ChoiceInput
          key={begun}
          questionId={questionId}
          options={card.options}
          multiple={card.multiple === true}
          onAnswer={room.answer}
        />
      )}
      {special && form === "order" && card?.items && (
        <OrderInput key={begun} questionId={questionId} items={card.items} onAnswer={room.answer} />
      )}
      {special && form === "formula" && (
        <FormulaInput key={begun} questionId={questionId} columns={card?.columns ?? []} room={room} />
      )}
      {special && form === "number" && <NumberInput key={begun} questionId={questionId} room={room} />}
      {!special && byText && <Typing key={begun} questionId={questionId} room={room} />}
      {!special && !byText && !open && <TalkButton room={room} />}
      {open && <LivePanel room={room} />}
      <div className="row alternatives">
        {special ? (
          <Button kind="quiet" onClick={() => setInWords(true)}>
            <Icon name={byText ? "keyboard" : "mic"} />
            {words.answer.words}
          </Button>
        ) : (
          <>
            {!byText && (
              <Button kind="quiet" onClick={() => room.changeSettings({ answerBy: "text" })}>
                <Icon name="keyboard" />
                {words.answer.type}
              </Button>
            )}
            {hears && room.settings.answerBy !== "voice" && (
              <Button kind="quiet" onClick={() => room.changeSettings({ answerBy: "voice" })}>
                <Icon name="mic" />
                {open ? words.answer.press : words.answer.speakInstead}
              </Button>
            )}
            {hears && room.settings.answerBy !== "open" && room.state.stage === "interview" && (
              <Button kind="quiet" onClick={() => room.changeSettings({ answerBy: "open" })}>
                <Icon name="mic" />
                {words.answer.open}
              </Button>
            )}
            {form !== "words" && (
              <Button kind="quiet" onClick={() => setInWords(false)}>
                {words.answer.back}
              </Button>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function Speaking({ room }: { room: Room }) {
  const words = useWords();
  return (
    <div className="stack center">
      <Level level={room.level} />
      <TalkButton room={room} />
      <Button kind="quiet" onClick={room.discard}>
        {words.answer.cancel}
      </Button>
    </div>
  );
}

function CheckHeard({ room, heard, questionId }: { room: Room; heard: HeardDraft; questionId: string }) {
  const words = useWords();
  const [text, setText] = useState(heard.draft ?? heard.text);
  const { state } = room;
  const keeps = state.stage === "interview";

  // What was understood outlives a reload, corrected or not; its recording does not.
  useEffect(() => {
    if (keeps) saveDraft(sessionStorage, questionId, "heard", { ...heard, draft: text });
  }, [keeps, questionId, heard, text]);

  return (
    <WordsForm
      label={words.answer.heard}
      hint={heard.confidence < LOW_CONFIDENCE ? words.answer.low : words.answer.heardHint}
      rows={4}
      // the candidate asked for these words by stopping the recording
      autoFocus
      text={text}
      onChange={setText}
      onSend={room.answer}
      actions={
        <>
          {room.lastRecording && (
            <Button onClick={() => room.lastRecording && room.playBlob(room.lastRecording)}>
              <Icon name="play" />
              {words.check.yours}
            </Button>
          )}
          <Button kind="quiet" onClick={room.discard}>
            {words.answer.again}
          </Button>
        </>
      }
    />
  );
}

/** Whether the candidate points with a mouse or the like; a phone has no Ctrl key. */
const hasKeyboard = () => !matchMedia("(pointer: coarse)").matches;

function Typing({ questionId, room }: { questionId: string; room: Room }) {
  const words = useWords();
  const [text, setText] = useDraftWords(questionId);
  return (
    <WordsForm
      label={words.answer.label}
      hint={hasKeyboard() ? words.answer.typeHint : undefined}
      rows={5}
      text={text}
      onChange={setText}
      onSend={room.answer}
      onPaste={(characters) => room.note("paste", { characters })}
    />
  );
}

/** The words that are being written to a question, which outlive a reload. */
function useDraftWords(questionId: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => loadDraft(sessionStorage, questionId, "words") ?? "");
  return [
    text,
    (changed) => {
      setText(changed);
      saveDraft(sessionStorage, questionId, "words", changed);
    },
  ];
}

type WordsProps = {
  label: string;
  hint?: string | undefined;
  rows: number;
  autoFocus?: boolean;
  text: string;
  onChange: (text: string) => void;
  onSend: (text: string) => void;
  onPaste?: (characters: number) => void;
  actions?: ReactNode;
};

/** Words in a field, with the limit of an answer in sight before it is reached. */
function WordsForm({ label, hint, rows, autoFocus = false, text, onChange, onSend, onPaste, actions }: WordsProps) {
  const words = useWords();
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState(0);
  const count = countNearLimit(text);
  const over = count !== null && count > MAX_ANSWER_CHARS;
  const empty = tried && text.trim() === "";
  const error = refused > 0 ? words.answer.pasteTooLong(refused) : over ? words.answer.tooLong(count) : empty;
  return (
    <AnswerForm
      actions={actions}
      onSend={() => {
        setTried(true);
        if (text.trim() !== "" && !over) onSend(text);
      }}
    >
      <Field label={label} hint={hint} error={error === true ? words.answer.empty : error || undefined}>
        {(wiring) => (
          <textarea
            {...wiring}
            className="input"
            rows={rows}
            // biome-ignore lint/a11y/noAutofocus: only where the candidate asked for these words
            autoFocus={autoFocus}
            value={text}
            onChange={(event) => {
              setRefused(0);
              onChange(event.target.value);
            }}
            onPaste={(event) => {
              const { length } = event.clipboardData.getData("text");
              onPaste?.(length);
              if (text.length + length <= MAX_FIELD_CHARS) return;
              event.preventDefault(); // so much text would stop the page
              setRefused(length);
            }}
            onDrop={(event) => {
              if (text.length + event.dataTransfer.getData("text").length > MAX_FIELD_CHARS) event.preventDefault();
            }}
            onKeyDown={sendOnCtrlEnter}
          />
        )}
      </Field>
      {count !== null && !over && (
        <p className="muted small" role="status">
          {words.answer.nearLimit(count)}
        </p>
      )}
    </AnswerForm>
  );
}

function NumberInput({ questionId, room }: { questionId: string; room: Room }) {
  const words = useWords();
  const [text, setText] = useDraftWords(questionId);
  const [empty, setEmpty] = useState(false);
  return (
    <AnswerForm onSend={() => (text.trim() === "" ? setEmpty(true) : room.answer(text.trim()))}>
      <Field
        label={words.answer.number}
        hint={words.answer.numberHint}
        error={empty && text.trim() === "" ? words.answer.empty : undefined}
      >
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={MAX_LINE_CHARS}
            value={text}
            onChange={(event) => setText(event.target.value)}
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
