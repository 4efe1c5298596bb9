import { DataTable } from "../staff/DataTable";
import { moment, score } from "../staff/format";
import type { GradeVersion } from "../staff/types";
import { Meter } from "../ui/Meter";
import { judges } from "./uncertainty";

export function GradeView({ version }: { version: GradeVersion }) {
  const { grade } = version;
  const decided = version.source === "override";
  const weighted = grade.criteria.some((criterion) => criterion.weight !== undefined);
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
      {grade.criteria.length > 0 && (
        <DataTable
          caption="Parts of the grade"
          rows={grade.criteria}
          keyOf={(criterion) => criterion.criterion}
          columns={[
            { label: "Part", cell: (criterion) => criterion.criterion },
            ...(weighted
              ? [
                  {
                    label: "Weight",
                    numeric: true,
                    cell: (criterion: { weight?: number }) => (criterion.weight ?? 1).toFixed(2),
                  },
                ]
              : []),
            { label: "Score", numeric: true, cell: (criterion) => score(criterion.score) },
            { label: "Why", cell: (criterion) => criterion.rationale || "–" },
          ]}
        />
      )}
      <p className="small muted">
        {decided ? "By a person" : `By the grader “${grade.grader}”`}, {moment(version.recorded_at)}
        {grade.hint_cost > 0 && ` · hints cost ${grade.hint_cost.toFixed(2)}`}
      </p>
    </div>
  );
}
