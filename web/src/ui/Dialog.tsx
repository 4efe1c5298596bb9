import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Button } from "./Button";
import { Icon } from "./Icon";

type Props = {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons; the close button in the corner is always there. */
  footer?: ReactNode;
};

/** A modal over the native element, which traps the focus, answers Escape and returns the focus on close. */
export function Dialog({ title, closeLabel, onClose, children, footer }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // A layout effect ends while the element is still in the page: a removed dialog returns no focus.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div>
        <header>
          <h2 id={heading}>{title}</h2>
          <Button kind="quiet" aria-label={closeLabel} onClick={onClose}>
            <Icon name="close" />
          </Button>
        </header>
        {children}
        {footer && <footer>{footer}</footer>}
      </div>
    </dialog>
  );
}
