import type { ReactNode } from "react";
import { Button } from "../ui/Button";
import { useWords } from "./words";

type Props = {
  /** Sends the answer, or shows that it is empty. */
  onSend: () => void;
  /** Buttons after "Send". */
  actions?: ReactNode;
  children: ReactNode;
};

/** The form around every way to answer but speech. */
export function AnswerForm({ onSend, actions, children }: Props) {
  const words = useWords();
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      {children}
      <div className="row">
        <Button kind="primary" type="submit">
          {words.answer.send}
        </Button>
        {actions}
      </div>
    </form>
  );
}
