import { useId, useState } from "react";
import { AnswerForm } from "./AnswerForm";
import { chosenText, letter } from "./answers";
import { loadDraft, saveDraft } from "./drafts";
import { useWords } from "./words";

type Props = {
  questionId: string;
  options: readonly { id: string; text: string }[];
  multiple: boolean;
  onAnswer: (text: string) => void;
};

export function ChoiceInput({ questionId, options, multiple, onAnswer }: Props) {
  const words = useWords();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(loadDraft(sessionStorage, questionId, "choice")),
  );
  const [empty, setEmpty] = useState(false);
  const name = useId();
  const choose = (id: string, on: boolean) => {
    const next = new Set(multiple ? chosen : []);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
    saveDraft(sessionStorage, questionId, "choice", [...next]);
  };
  return (
    <AnswerForm
      onSend={() => (chosen.size === 0 ? setEmpty(true) : onAnswer(chosenText(options, chosen, words.answer)))}
    >
      <fieldset className="options" aria-describedby={empty && chosen.size === 0 ? `${name}-empty` : undefined}>
        <legend>{multiple ? words.answer.chooseMany : words.answer.choose}</legend>
        {options.map((option) => (
          <label className="choice" key={option.id}>
            <input
              type={multiple ? "checkbox" : "radio"}
              name={name}
              checked={chosen.has(option.id)}
              onChange={(event) => choose(option.id, event.target.checked)}
            />
            <span>
              <b>{letter(option.id)}</b> {option.text}
            </span>
          </label>
        ))}
      </fieldset>
      {empty && chosen.size === 0 && (
        <p id={`${name}-empty`} role="alert" className="error small">
          {words.answer.empty}
        </p>
      )}
    </AnswerForm>
  );
}
