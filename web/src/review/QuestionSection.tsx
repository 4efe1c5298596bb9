import { moment, plural } from "../staff/format";
import type { Answer, Question } from "../staff/types";
import { Button } from "../ui/Button";
import { clockText } from "../ui/duration";
import { Icon } from "../ui/Icon";
import { GradeView } from "./GradeView";
import { usePlayer } from "./player";
import { QuoteView } from "./QuoteView";
import { replaced, standing } from "./uncertainty";

export function QuestionSection({ question, onDecide }: { question: Question; onDecide: () => void }) {
  const version = standing(question);
  const before = replaced(question);
  const earlier = question.grades.filter((one) => one !== version && one !== before);
  return (
    <section
      className="card stack question"
      id={`question-${question.number}`}
      tabIndex={-1}
      aria-label={`Question ${question.number}`}
    >
      <header className="stack-tight">
        <p className="small muted">{about(question)}</p>
        <h3>
          {question.number}. {question.prompt}
        </h3>
      </header>
      {version ? <GradeView version={version} /> : <p className="muted">{whyUngraded(question)}</p>}
      {before && (
        <div className="replaced">
          <p className="small muted">The machine’s grade, which this replaced:</p>
          <GradeView version={before} />
        </div>
      )}
      {question.quotes.length > 0 && (
        <ul className="plain quotes">
          {question.quotes.map((quote) => (
            <li key={`${quote.text}-${quote.supports}`}>
              <QuoteView quote={quote} />
            </li>
          ))}
        </ul>
      )}
      <details open={question.answers.length === 1}>
        <summary>What was said ({plural(question.answers.length, "answer")})</summary>
        <div className="stack-tight">
          {question.answers.map((answer) => (
            <AnswerView key={answer.turn} answer={answer} number={question.number} />
          ))}
        </div>
      </details>
      {earlier.length > 0 && (
        <details>
          <summary>Earlier grades ({earlier.length})</summary>
          {earlier.map((one) => (
            <GradeView key={one.seq} version={one} />
          ))}
        </details>
      )}
      <div className="row">
        <Button onClick={onDecide}>
          Decide yourself
          <span className="visually-hidden">: question {question.number}</span>
        </Button>
        <span className="small muted">Id: {question.question_id}</span>
      </div>
    </section>
  );
}

function AnswerView({ answer, number }: { answer: Answer; number: number }) {
  const player = usePlayer();
  const url = answer.audio_url;
  return (
    <div className="said">
      {answer.asked && (
        <p className="muted small">
          <strong>Interviewer:</strong> {answer.asked}
        </p>
      )}
      <blockquote>{answer.text || "(no words)"}</blockquote>
      <p className="row small muted">
        {url !== null && (
          <Button onClick={() => void player.play({ url, at: 0, label: `Answer ${answer.turn}, question ${number}` })}>
            <Icon name="play" />
            Listen{answer.duration_s ? ` (${clockText(answer.duration_s)})` : ""}
            <span className="visually-hidden"> to answer {answer.turn}</span>
          </Button>
        )}
        <span>
          {answer.confidence === null ? "typed" : `spoken, transcript confidence ${answer.confidence.toFixed(2)}`} ·{" "}
          {moment(answer.received_at)}
        </span>
      </p>
    </div>
  );
}

function about(question: Question): string {
  const parts = [question.question_type.replaceAll("_", " "), question.skill, question.core ? "core" : "adaptive"];
  if (question.hints_used) parts.push(plural(question.hints_used, "hint"));
  if (question.follow_ups) parts.push(plural(question.follow_ups, "follow-up"));
  if (question.clarifications) parts.push(plural(question.clarifications, "clarification"));
  if (question.skipped) parts.push("skipped");
  return parts.filter(Boolean).join(" · ");
}

function whyUngraded(question: Question): string {
  if (question.skipped) return "Skipped.";
  if (question.answers.length === 0) return "Not answered.";
  return question.graded ? "Not graded yet." : "Not scored by design.";
}
