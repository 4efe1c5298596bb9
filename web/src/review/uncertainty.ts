/** Which grades a person should look at first. */
import type { GradeVersion, Question } from "../staff/types";

export function standing(question: Question): GradeVersion | undefined {
  return question.grades.at(-1);
}

/** The last grade before a person's; undefined where no person decided. */
export function replaced(question: Question): GradeVersion | undefined {
  if (standing(question)?.source !== "override") return undefined;
  return question.grades.findLast((version) => version.source !== "override");
}

const JUDGES_NOTHING = new Set(["not scored", "unavailable", "none"]);

/** Whether a grade judges the answer at all. */
export function judges(version: GradeVersion): boolean {
  return !JUDGES_NOTHING.has(version.grade.grader);
}

/**
 * How unsure the machine is of a question's grade, in [0, 4]: 0 is settled. A missing grade of an answer comes first,
 * then a grade that asks for a person, then a provisional one, each by its confidence.
 */
export function uncertainty(question: Question): number {
  const version = standing(question);
  if (version?.source === "override" || !question.graded || question.skipped) return 0;
  if (version === undefined || !judges(version)) return question.answers.length > 0 ? 4 : 0;
  const { needs_review, provisional, confidence } = version.grade;
  return (needs_review ? 2 : 0) + (provisional ? 0.5 : 0) + (1 - confidence);
}

/** The least certain first; questions of equal certainty keep the interview's order. */
export function leastCertainFirst(questions: readonly Question[]): Question[] {
  return [...questions].sort((one, other) => uncertainty(other) - uncertainty(one) || one.number - other.number);
}
