/** The parts from which the report's score is computed. */
import type { Grade, Report } from "../staff/types";
import { judges, standing } from "./uncertainty";

export type Part = { skill: string; weight: number; scores: number[]; mean: number };

/** The skills that count, with the standing scores of their questions. */
export function working(report: Pick<Report, "skills" | "questions">): Part[] {
  return report.skills.flatMap(({ skill, weight }) => {
    const scores = report.questions
      .filter((question) => question.skill === skill)
      .flatMap((question) => {
        const version = standing(question);
        return version && judges(version) ? [version.grade.score] : [];
      });
    if (weight <= 0 || scores.length === 0) return [];
    return [{ skill, weight, scores, mean: scores.reduce((sum, value) => sum + value, 0) / scores.length }];
  });
}

export function total(parts: readonly Part[]): number | null {
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  return weight > 0 ? parts.reduce((sum, part) => sum + part.weight * part.mean, 0) / weight : null;
}

/** The weighted mean of a grade's parts, before hints; null where the log has no weights. */
export function meanOfParts(grade: Pick<Grade, "criteria">): number | null {
  let sum = 0;
  let weights = 0;
  for (const { score, weight } of grade.criteria) {
    if (weight === null || weight === undefined) return null;
    sum += score * weight;
    weights += weight;
  }
  return weights > 0 ? sum / weights : null;
}
