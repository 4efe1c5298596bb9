import { useState } from "react";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { AnswerForm } from "./AnswerForm";
import { moved, orderedText } from "./answers";
import { loadDraft, saveDraft } from "./drafts";
import { useWords } from "./words";

type Props = { questionId: string; items: readonly string[]; onAnswer: (text: string) => void };

/** The order that was begun, if it is one of these items. */
function keptOrder(kept: readonly string[] | undefined, items: readonly string[]): readonly string[] {
  return kept?.length === items.length && kept.every((item) => items.includes(item)) ? kept : items;
}

/** Items to put in order with buttons: no dragging is needed. */
export function OrderInput({ questionId, items, onAnswer }: Props) {
  const words = useWords();
  const [order, setOrder] = useState(() => keptOrder(loadDraft(sessionStorage, questionId, "order"), items));
  const [said, setSaid] = useState("");
  const move = (index: number, step: -1 | 1) => {
    const next = moved(order, index, step);
    setOrder(next);
    saveDraft(sessionStorage, questionId, "order", [...next]);
    setSaid(`${order[index]}: ${index + step + 1} / ${order.length}`);
  };
  return (
    <AnswerForm onSend={() => onAnswer(orderedText(order))}>
      <fieldset className="options">
        <legend>
          {words.answer.order} <span className="muted small">{words.answer.orderHint}</span>
        </legend>
        <ol className="ordering">
          {order.map((item, index) => (
            <li key={item}>
              <span>{item}</span>
              <Button
                kind="quiet"
                aria-label={words.answer.up(item)}
                aria-disabled={index === 0 || undefined}
                onClick={() => move(index, -1)}
              >
                <Icon name="arrowUp" />
              </Button>
              <Button
                kind="quiet"
                aria-label={words.answer.down(item)}
                aria-disabled={index === order.length - 1 || undefined}
                onClick={() => move(index, 1)}
              >
                <Icon name="arrowDown" />
              </Button>
            </li>
          ))}
        </ol>
      </fieldset>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </AnswerForm>
  );
}
