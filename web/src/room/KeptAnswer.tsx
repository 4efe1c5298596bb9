import { useState } from "react";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import type { Kept } from "./kept";
import { en } from "./messages";

type Props = { kept: Kept; why: string; language: string | undefined; onDismiss?: () => void };

/** An answer that was not saved: which one, why, and its words to copy. */
export function KeptAnswer({ kept, why, language, onDismiss }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(kept.text).then(
      () => setCopied(true),
      () => undefined, // the words can be selected
    );
  };
  return (
    <div className="kept">
      <Notice tone="warn" live title={en.kept.title}>
        {why}
        <dl>
          <dt>{en.kept.question}</dt>
          <dd lang={language}>{kept.question}</dd>
        </dl>
        {kept.text === "" ? (
          <p>{en.kept.noWords}</p>
        ) : (
          <Field label={en.kept.words}>
            {(wiring) => <textarea {...wiring} className="input" rows={4} lang={language} readOnly value={kept.text} />}
          </Field>
        )}
        <div className="row">
          {kept.text !== "" && navigator.clipboard !== undefined && (
            <Button onClick={copy}>{copied ? en.kept.copied : en.kept.copy}</Button>
          )}
          {onDismiss && (
            <Button kind="quiet" onClick={onDismiss}>
              {en.kept.dismiss}
            </Button>
          )}
        </div>
      </Notice>
    </div>
  );
}
