import { DataTable } from "../staff/DataTable";
import { moment, score } from "../staff/format";
import type { Criterion, GradeVersion } from "../staff/types";
import { Meter } from "../ui/Meter";
import { judges } from "./uncertainty";
import { meanOfParts } from "./working";

export function GradeView({ version }: { version: GradeVersion }) {
  const { grade } = version;
  const decided = version.source === "override";
  const mean = meanOfParts(grade);
  return (
    <div className="grade">
      <p className="grade-line">
        <span className="grade-score">{judges(version) ? score(grade.score) : "–"}</span>
        <span>{grade.level}</span>
        {decided ? (
          <span className="badge" data-tone="good">
            decided by {version.author}
          </span>
        ) : (
          <span className="sure small">
            sure: {Math.round(grade.confidence * 100)} %
            <Meter label="Confidence of the grade" value={grade.confidence} />
          </span>
        )}
        {grade.needs_review && (
          <span className="badge" data-tone="warn">
            needs a person
          </span>
        )}
        {grade.provisional && <span className="badge">provisional</span>}
      </p>
      <p>{decided ? version.reason : grade.rationale}</p>
      {grade.needs_review && grade.review_reason && <p className="small muted">{grade.review_reason}</p>}
      {grade.criteria.length > 0 && <Parts criteria={grade.criteria} />}
      {mean !== null && (
        <p className="small muted">
          Weighted mean {score(mean)}
          {grade.hint_cost > 0 && `, less ${score(grade.hint_cost)} for hints, is ${score(grade.score)}`}
        </p>
      )}
      <p className="small muted">
        {decided ? "By a person" : `By the grader “${grade.grader}”`}, {moment(version.recorded_at)}
        {mean === null && grade.hint_cost > 0 && ` · hints took ${score(grade.hint_cost)}`}
      </p>
    </div>
  );
}

/** What a grade is computed from: closed at first, because the rationale says it in words. */
function Parts({ criteria }: { criteria: Criterion[] }) {
  const reasons = criteria.some((criterion) => criterion.rationale);
  return (
    <details>
      <summary>Parts of the grade ({criteria.length})</summary>
      <DataTable
        caption="Parts of the grade"
        rows={criteria}
        keyOf={(criterion) => criterion.criterion}
        columns={[
          { label: "Part", cell: (criterion) => criterion.criterion },
          { label: "Weight", numeric: true, cell: (criterion) => score(criterion.weight) },
          { label: "Score", numeric: true, cell: (criterion) => score(criterion.score) },
          ...(reasons ? [{ label: "Why", cell: (criterion: Criterion) => criterion.rationale || "–" }] : []),
        ]}
      />
    </details>
  );
}
