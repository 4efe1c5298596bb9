import { plural, score } from "../staff/format";
import type { Report } from "../staff/types";
import { judges, standing } from "./uncertainty";
import { working } from "./working";

/** How the number at the top comes about, so that anybody can compute it again. */
export function ScoreWorking({ report }: { report: Report }) {
  const parts = working(report);
  if (parts.length === 0) return null;
  const left = report.questions.filter((question) => {
    const version = standing(question);
    return question.graded && question.answers.length > 0 && !(version && judges(version));
  }).length;
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  return (
    <details>
      <summary>How {score(report.weighted_score)} is computed</summary>
      <p className="small">
        Each skill counts with its weight; a skill’s mean is over its graded questions. Skills without a grade do not
        count.
      </p>
      <ul className="plain small">
        {parts.map((part) => (
          <li key={part.skill}>
            {part.skill}: ({part.scores.map((value) => value.toFixed(2)).join(" + ")}) / {part.scores.length} ={" "}
            {part.mean.toFixed(2)}, weight {part.weight.toFixed(2)}
          </li>
        ))}
        <li>
          ({parts.map((part) => `${part.weight.toFixed(2)} × ${part.mean.toFixed(2)}`).join(" + ")}) /{" "}
          {total.toFixed(2)} = <strong>{score(report.weighted_score)}</strong>
        </li>
      </ul>
      {left > 0 && <p className="small muted">{plural(left, "answered question")} without a grade that judges it.</p>}
    </details>
  );
}
