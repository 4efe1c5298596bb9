import { useState } from "react";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";

/** A secret that is shown once, with a button that copies it. */
export function Secret({ title, value, label }: { title: string; value: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // an insecure origin has no clipboard; the field can be selected
    }
  };
  return (
    <Notice tone="good" live title={title}>
      <input
        className="input secret"
        readOnly
        aria-label={label}
        value={value}
        onFocus={(event) => event.target.select()}
      />
      <div className="row">
        <Button onClick={() => void copy()}>{copied ? "Copied" : "Copy"}</Button>
      </div>
    </Notice>
  );
}
