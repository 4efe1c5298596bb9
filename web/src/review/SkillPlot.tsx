import { ability } from "../staff/format";
import type { Skill } from "../staff/types";
import { onAxis } from "./whiskers";

/** One ability as a dot with its 95 % interval, on the axis from −3 to +3. */
export function SkillPlot({ skill }: { skill: Skill }) {
  const { theta, low, high } = skill;
  if (theta === null || low === null || high === null) return <span className="muted">–</span>;
  return (
    <svg className="whisker" viewBox="0 0 120 16" role="img" aria-label={ability(theta, skill.standard_error)}>
      <line className="axis" x1="0" x2="120" y1="8" y2="8" />
      <line className="axis" x1="60" x2="60" y1="3" y2="13" />
      <line className="range" x1={120 * onAxis(low)} x2={120 * onAxis(high)} y1="8" y2="8" />
      <circle className="dot" cx={120 * onAxis(theta)} cy="8" r="4" />
    </svg>
  );
}
