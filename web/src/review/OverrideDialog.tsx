import { useState } from "react";
import { contextOf, useApi, wordsOf } from "../staff/api";
import { isPersonal, rememberedName, rememberName } from "../staff/session";
import type { Question } from "../staff/types";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { decidedScore } from "./decision";
import { standing } from "./uncertainty";

type Props = {
  interviewId: string;
  question: Question;
  onClose: () => void;
  onDone: () => void;
  /** Another grade stands by now; the report behind the dialog should show it. */
  onOutdated: () => void;
};

type Conflict = { score: number; author: string; source: string; seq: number };

/** A person's grade with a reason. It names the grade that the person saw, so that no colleague is overwritten. */
export function OverrideDialog({ interviewId, question, onClose, onDone, onOutdated }: Props) {
  const api = useApi();
  const [seen] = useState(() => standing(question));
  const [replaces, setReplaces] = useState(seen?.seq ?? 0);
  // As typed; null while the field is untouched.
  const [typed, setTyped] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [name, setName] = useState(rememberedName());
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [busy, setBusy] = useState(false);
  const personal = isPersonal(api.token);
  const score = decidedScore(typed, seen?.grade.score);

  const problems = () => {
    const found: Record<string, string> = {};
    if (!(score >= 0 && score <= 1)) found.score = "A number from 0 to 1.";
    if (reason.trim().length < 3) found.reason = "Say why, in a few words: the candidate may read it.";
    if (!personal && !name.trim()) found.author = "Your name stands next to your decision.";
    return found;
  };

  const submit = async () => {
    const found = problems();
    setErrors(found);
    setFailure("");
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      rememberName(name.trim());
      await api.json(`/session/report/${encodeURIComponent(interviewId)}/override`, {
        method: "POST",
        body: {
          question_id: question.question_id,
          score,
          reason: reason.trim(),
          replaces,
          ...(personal ? {} : { author: name.trim() }),
        },
      });
      onDone();
    } catch (problem) {
      const faster = contextOf(problem).standing as Conflict | undefined;
      if (faster) {
        setConflict(faster);
        setReplaces(faster.seq);
        onOutdated();
      } else {
        setFailure(wordsOf(problem));
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={`Decide question ${question.number}`}
      closeLabel="Close without deciding"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void submit()}>
            {conflict ? "Decide all the same" : "Save my decision"}
          </Button>
        </>
      }
    >
      <p>{question.prompt}</p>
      {seen && (
        <p className="small muted">
          The grade that you saw: {seen.grade.score.toFixed(2)} ({seen.grade.level}).{" "}
          <Button
            kind="quiet"
            onClick={() => {
              setTyped(null);
              setReason("I agree with this grade.");
            }}
          >
            I agree with it
          </Button>
        </p>
      )}
      {conflict && (
        <Notice tone="warn" live title="A colleague was faster">
          {conflict.author || "A grader"} gave {conflict.score.toFixed(2)} since you opened this page. Save again to
          replace that grade, or cancel to keep it.
        </Notice>
      )}
      <Field label="Score" hint="From 0 to 1: strong from 0.85, good from 0.65, partial from 0.40" error={errors.score}>
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            inputMode="decimal"
            value={typed ?? seen?.grade.score.toFixed(2) ?? ""}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <Field label="Reason" hint="Stands in the report, next to both grades" error={errors.reason}>
        {(wiring) => (
          <textarea
            {...wiring}
            className="input"
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      {personal ? (
        <p className="small muted">Your decision carries the name with which you signed in.</p>
      ) : (
        <Field label="Your name" hint="Stands in the report, with the name of your key" error={errors.author}>
          {(wiring) => (
            <input
              {...wiring}
              className="input"
              autoComplete="name"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      )}
      {failure && (
        <Notice tone="error" live>
          {failure}
        </Notice>
      )}
    </Dialog>
  );
}
