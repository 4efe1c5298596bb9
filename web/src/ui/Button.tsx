import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Spinner } from "./Spinner";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: "primary" | "plain" | "quiet" | "danger";
  /** Work is under way: the button keeps the focus, shows a spinner and ignores further presses. */
  busy?: boolean;
  children: ReactNode;
};

export function Button({ kind = "plain", busy = false, children, onClick, ...rest }: Props) {
  const inert = busy || rest["aria-disabled"] === true;
  return (
    <button
      type="button"
      className="button"
      data-kind={kind}
      aria-disabled={inert || undefined}
      {...rest}
      onClick={(event) => (inert ? event.preventDefault() : onClick?.(event))}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}
