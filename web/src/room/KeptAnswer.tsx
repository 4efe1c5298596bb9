import { useState } from "react";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import type { Kept } from "./types";
import { useWords } from "./words";

type Props = { kept: Kept; why: string; language: string | undefined; onDismiss?: () => void };

/** An answer that was not saved: which one, why, and its words to copy. */
export function KeptAnswer({ kept, why, language, onDismiss }: Props) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(kept.text).then(
      () => setCopied(true),
      () => undefined, // the words can be selected
    );
  };
  return (
    <div className="kept">
      <Notice tone="warn" live title={words.kept.title}>
        {why}
        <dl>
          <dt>{words.kept.question}</dt>
          <dd lang={language}>{kept.question}</dd>
        </dl>
        {kept.text === "" ? (
          <p>{words.kept.noWords}</p>
        ) : (
          <Field label={words.kept.words}>
            {(wiring) => <textarea {...wiring} className="input" rows={4} lang={language} readOnly value={kept.text} />}
          </Field>
        )}
        <div className="row">
          {kept.text !== "" && navigator.clipboard !== undefined && (
            <Button onClick={copy}>{copied ? words.kept.copied : words.kept.copy}</Button>
          )}
          {onDismiss && (
            <Button kind="quiet" onClick={onDismiss}>
              {words.kept.dismiss}
            </Button>
          )}
        </div>
      </Notice>
    </div>
  );
}
