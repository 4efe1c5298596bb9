/** Abilities as dots with 95 % intervals, and which of them differ. */
import type { Ability, Compared } from "../staff/types";

const Z95 = 1.96;

/** The axis of the plots in θ units; values beyond it are drawn at its end. */
export const LOW = -3;
export const HIGH = 3;

/** The position on the axis, in [0, 1]. */
export function onAxis(theta: number): number {
  return (Math.min(HIGH, Math.max(LOW, theta)) - LOW) / (HIGH - LOW);
}

export function interval({ theta, standard_error }: Ability): [number, number] {
  return [theta - Z95 * standard_error, theta + Z95 * standard_error];
}

/** Whether two abilities differ by more than their standard errors explain (95 %, two-sided). */
export function toldApart(one: Ability, other: Ability): boolean {
  const error = Math.hypot(one.standard_error, other.standard_error);
  return error > 0 && Math.abs(one.theta - other.theta) > Z95 * error;
}

export type Measured = { interview: Compared; ability: Ability };

/** The interviews that measured a skill, in the order given. */
export function measured(interviews: readonly Compared[], skill: string): Measured[] {
  return interviews.flatMap((interview) => {
    const ability = interview.abilities.find((one) => one.skill === skill && one.items > 0);
    return ability ? [{ interview, ability }] : [];
  });
}

/** Pairs whose abilities differ: the higher one first. */
export function differences(found: readonly Measured[]): [Measured, Measured][] {
  const pairs: [Measured, Measured][] = [];
  found.forEach((one, index) => {
    for (const other of found.slice(index + 1)) {
      if (toldApart(one.ability, other.ability)) {
        pairs.push(one.ability.theta > other.ability.theta ? [one, other] : [other, one]);
      }
    }
  });
  return pairs;
}
