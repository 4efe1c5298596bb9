import { useState } from "react";
import { contextOf, useApi, wordsOf } from "../staff/api";
import { DecisionDialog, useDecision } from "../staff/DecisionDialog";
import type { Question } from "../staff/types";
import { Button } from "../ui/Button";
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
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const decision = useDecision({
    reason: "Say why, in a few words: the candidate may read it.",
    author: "Your name stands next to your decision.",
  });
  const score = decidedScore(typed, seen?.grade.score);

  const submit = () => {
    const problems: Record<string, string> = {};
    if (!(score >= 0 && score <= 1)) problems.score = "A number from 0 to 1.";
    decision.submit(problems, async (said) => {
      try {
        await api.json(`/session/report/${encodeURIComponent(interviewId)}/override`, {
          method: "POST",
          body: { question_id: question.question_id, score, replaces, ...said },
        });
        onDone();
      } catch (problem) {
        const faster = contextOf(problem).standing as Conflict | undefined;
        if (faster) {
          setConflict(faster);
          setReplaces(faster.seq);
          onOutdated();
        } else {
          decision.setFailure(wordsOf(problem));
        }
      }
    });
  };

  return (
    <DecisionDialog
      title={`Decide question ${question.number}`}
      closeLabel="Close without deciding"
      confirm={conflict ? "Decide all the same" : "Save my decision"}
      decision={decision}
      reasonHint="Shown in the report, next to both grades"
      nameHint="Shown in the report, with the name of your key"
      signed="Your decision carries the name with which you signed in."
      onClose={onClose}
      onConfirm={submit}
    >
      <p>{question.prompt}</p>
      {seen && (
        <p className="small muted">
          The grade that you saw: {seen.grade.score.toFixed(2)} ({seen.grade.level}).{" "}
          <Button
            kind="quiet"
            onClick={() => {
              setTyped(null);
              decision.setReason("I agree with this grade.");
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
      <Field
        label="Score"
        hint="From 0 to 1: strong from 0.85, good from 0.65, partial from 0.40"
        error={decision.errors.score}
      >
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
    </DecisionDialog>
  );
}
