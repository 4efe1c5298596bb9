import { type ReactNode, useId } from "react";

type Wiring = { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined };

type Props = {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** Renders the control with the attributes that tie it to its label, hint and error. */
  children: (wiring: Wiring) => ReactNode;
};

export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {error && (
        <span className="hint error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}
