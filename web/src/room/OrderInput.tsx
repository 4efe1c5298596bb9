import { useState } from "react";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { AnswerForm } from "./AnswerForm";
import { moved, orderedText } from "./answers";
import { en } from "./messages";

/** Items to put in order with buttons: no dragging is needed. */
export function OrderInput({ items, onAnswer }: { items: readonly string[]; onAnswer: (text: string) => void }) {
  const [order, setOrder] = useState(items);
  const [said, setSaid] = useState("");
  const move = (index: number, step: -1 | 1) => {
    const next = moved(order, index, step);
    setOrder(next);
    setSaid(`${order[index]}: ${index + step + 1} / ${order.length}`);
  };
  return (
    <AnswerForm onSend={() => onAnswer(orderedText(order))}>
      <fieldset className="options">
        <legend>
          {en.answer.order} <span className="muted small">{en.answer.orderHint}</span>
        </legend>
        <ol className="ordering">
          {order.map((item, index) => (
            <li key={item}>
              <span>{item}</span>
              <Button
                kind="quiet"
                aria-label={en.answer.up(item)}
                aria-disabled={index === 0 || undefined}
                onClick={() => move(index, -1)}
              >
                <Icon name="arrowUp" />
              </Button>
              <Button
                kind="quiet"
                aria-label={en.answer.down(item)}
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
