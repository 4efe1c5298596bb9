import { useState } from "react";
import type { Question, Report } from "../staff/types";
import { Button } from "../ui/Button";
import { OverrideDialog } from "./OverrideDialog";
import { QuestionSection } from "./QuestionSection";
import { Summary } from "./Summary";
import { leastCertainFirst, uncertainty } from "./uncertainty";

/** Summary, then each question with its grade, its words and its recordings. */
export function ReportView({ report, onChanged }: { report: Report; onChanged: () => void }) {
  const [inOrder, setInOrder] = useState(false);
  const [deciding, setDeciding] = useState<Question | null>(null);
  const unsure = report.questions.filter((question) => uncertainty(question) >= 1).length;
  const questions = inOrder ? report.questions : leastCertainFirst(report.questions);
  return (
    <div className="stack report">
      <Summary report={report} />
      <div className="heading">
        <div>
          <h2 id="questions">Questions</h2>
          <p className="muted small">
            {inOrder
              ? "In the order of the interview."
              : `What the machine was least sure of comes first${unsure ? `: ${unsure} to look at` : ""}.`}
          </p>
        </div>
        <Button onClick={() => setInOrder(!inOrder)}>
          {inOrder ? "Least certain first" : "In the interview’s order"}
        </Button>
      </div>
      {questions.map((question) => (
        <QuestionSection key={question.question_id} question={question} onDecide={() => setDeciding(question)} />
      ))}
      {deciding && (
        <OverrideDialog
          interviewId={report.interview_id}
          question={deciding}
          onClose={() => setDeciding(null)}
          onDone={() => {
            setDeciding(null);
            onChanged();
          }}
          onOutdated={onChanged}
        />
      )}
    </div>
  );
}
