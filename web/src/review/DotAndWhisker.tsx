import { ability } from "../staff/format";
import { nameOf } from "./Inbox";
import { HIGH, interval, LOW, type Measured, onAxis } from "./whiskers";

const LABEL = 130;
const PLOT = 230;
const ROW = 26;
const PAD = 10;
const MARKS = [-2, -1, 0, 1, 2];

/** Abilities on one skill: a dot per candidate with its 95 % interval. The table below has the same numbers. */
export function DotAndWhisker({ skill, rows }: { skill: string; rows: Measured[] }) {
  if (rows.length === 0) return <p className="muted small">Nobody was measured on this skill.</p>;
  const x = (theta: number) => LABEL + PAD + (PLOT - 2 * PAD) * onAxis(theta);
  const height = rows.length * ROW + 22;
  const words = rows.map(
    ({ interview, ability: one }) => `${nameOf(interview)} ${ability(one.theta, one.standard_error)}`,
  );
  return (
    <svg
      className="whiskers"
      viewBox={`0 0 ${LABEL + PLOT} ${height}`}
      role="img"
      aria-label={`${skill}, ability from ${LOW} to ${HIGH}: ${words.join("; ")}`}
    >
      {MARKS.map((mark) => (
        <g key={mark}>
          <line className="axis" x1={x(mark)} x2={x(mark)} y1="0" y2={rows.length * ROW + 4} />
          <text className="mark" x={x(mark)} y={height - 4} textAnchor="middle">
            {mark > 0 ? `+${mark}` : String(mark).replace("-", "−")}
          </text>
        </g>
      ))}
      {rows.map(({ interview, ability: one }, index) => {
        const [low, high] = interval(one);
        const y = index * ROW + ROW / 2;
        return (
          <g key={interview.interview_id}>
            <text className="name" x="0" y={y + 4}>
              {shortened(nameOf(interview))}
            </text>
            <line className="range" x1={x(low)} x2={x(high)} y1={y} y2={y} />
            <circle className="dot" cx={x(one.theta)} cy={y} r="5" />
          </g>
        );
      })}
    </svg>
  );
}

function shortened(name: string): string {
  return name.length > 18 ? `${name.slice(0, 17)}…` : name;
}
