"""Adaptive measurement: ability estimates with standard errors, and selection of the most informative item.

``item_model`` has the response models with their formulas. A score counts with the weight w of its grade's confidence.
With the 2PL a fractional score varies less than the model has it, so that standard error is conservative.

Every function is pure and returns its reasons with its result, so a replay can check it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from interview.measurement.item_model import GRID, expected_score, information, log_likelihood
from interview.plans.questions import Difficulty
from interview.sessions.session import Ability

_LOG_PRIOR: tuple[float, ...] = tuple(-0.5 * theta * theta for theta in GRID)


class ScoredItem(Struct, frozen=True):
    """A graded answer: the item's parameters and the score in [0, 1].

    ``weight`` in (0, 1] is the confidence in the grade: an uncertain grade moves the estimate less (a power likelihood,
    see Ibrahim & Chen 2000). ``graded``: the score lies between a rubric's levels (GPCM), not right or wrong.
    """

    difficulty: Difficulty
    score: float
    weight: float = 1.0
    graded: bool = False


class AbilityUpdate(Struct, frozen=True):
    """The ability on one skill after its answers. ``next_b`` is the most informative next difficulty (θ units)."""

    skill: str
    ability: Ability
    next_b: float
    rationale: str


class PoolItem(Struct, frozen=True):
    """A candidate item. ``answer_s`` is the usual answering time in seconds; ``graded`` as in ``ScoredItem``."""

    id: str
    skill: str
    difficulty: Difficulty
    answer_s: float = 90.0
    graded: bool = False


class ItemChoice(Struct, frozen=True):
    """The next item and the reason. ``shortlist`` holds the ids the draw was made from, most informative first."""

    item_id: str
    skill: str
    information: float
    theta: float
    shortlist: tuple[str, ...]
    rationale: str


class StopDecision(Struct, frozen=True):
    """Whether the adaptive block ends here, and why (or why not)."""

    stop: bool
    rationale: str


def estimate(answers: Sequence[ScoredItem]) -> Ability:
    """Expected a posteriori ability and its standard error (Bock & Mislevy 1982).

    The prior is N(0, 1); the integral is a sum over an equally spaced grid on [-5, 5]. Without answers the result is
    the prior: θ = 0, standard error 1.

    Raises:

        ValueError: a score outside [0, 1] or a weight outside (0, 1].
    """
    for answer in answers:
        if not 0.0 <= answer.score <= 1.0:
            raise ValueError(f"A score must lie in [0, 1], not {answer.score}.")
        if not 0.0 < answer.weight <= 1.0:
            raise ValueError(f"A weight must lie in (0, 1], not {answer.weight}.")
    return _posterior(tuple(answers))


@lru_cache(maxsize=4096)
def _posterior(answers: tuple[ScoredItem, ...]) -> Ability:
    """Cached: the ability before an answer is the ability after the previous one."""
    logs = _log_posterior(answers)
    peak = max(logs)
    masses = [math.exp(value - peak) for value in logs]
    total = math.fsum(masses)
    mean = math.fsum(theta * mass for theta, mass in zip(GRID, masses, strict=True)) / total
    spread = math.fsum((theta - mean) ** 2 * mass for theta, mass in zip(GRID, masses, strict=True)) / total
    # Rounded to ten decimals, so that a replay on another machine prints the same digits.
    return Ability(theta=round(mean, 10) + 0.0, standard_error=round(math.sqrt(spread), 10), items=len(answers))


def _log_posterior(answers: Iterable[ScoredItem]) -> list[float]:
    """The log of prior times likelihood on the grid, up to a constant."""
    values = list(_LOG_PRIOR)
    for answer in answers:
        curve = log_likelihood(answer.score, answer.difficulty, graded=answer.graded)
        values = [value + answer.weight * told for value, told in zip(values, curve, strict=True)]
    return values


def update_ability(skill: str, answers: Sequence[ScoredItem]) -> AbilityUpdate:
    """The estimate on ``skill`` from all its graded answers, with an explanation.

    Raises:

        ValueError: as ``estimate``.
    """
    ability = estimate(answers)
    if not answers:
        return AbilityUpdate(skill, ability, ability.theta, f"No graded answer on {skill} yet: the prior stands.")
    last = answers[-1]
    before = estimate(answers[:-1])
    expected = expected_score(before.theta, last.difficulty, graded=last.graded)
    compared = "as expected"
    if last.score > expected + 0.1:
        compared = "better than expected"
    elif last.score < expected - 0.1:
        compared = "worse than expected"
    counted = "" if last.weight == 1.0 else f" (counted with weight {last.weight:.2f})"
    rationale = (
        f"{skill}: an item of difficulty {last.difficulty.b:+.2f} was answered with {last.score:.2f}{counted}, "
        f"{compared} ({expected:.2f}); ability {before.theta:+.2f} → {ability.theta:+.2f}, standard error "
        f"{before.standard_error:.2f} → {ability.standard_error:.2f} after {len(answers)} "
        f"item{'s' if len(answers) > 1 else ''}."
    )
    return AbilityUpdate(skill, ability, ability.theta, rationale)


def choose_item(
    pool: Sequence[PoolItem],
    abilities: Mapping[str, Ability],
    weights: Mapping[str, float],
    asked_per_skill: Mapping[str, int],
    *,
    seed: str,
    randomesque: int = 3,
    stop_se: float = 0.0,
) -> ItemChoice | None:
    """The next item: choose the most under-represented skill, then draw from its most informative items.

    Content balance (constrained CAT, Kingsbury & Zara 1989): of the skills that still have items, choose the one whose
    share of the questions asked falls furthest below its weight. Skills whose standard error is at or below ``stop_se``
    wait until no other is left. Exposure control (randomesque, ibid.): draw among the ``randomesque`` items with the
    largest Fisher information at the skill's ability. The draw is a hash of ``seed`` and the number of questions asked,
    so a session always draws the same item. Returns None when the pool is empty.
    """
    if not pool:
        return None
    asked = sum(asked_per_skill.values())
    skill, why_skill = _owed_skill({item.skill for item in pool}, abilities, weights, asked_per_skill, stop_se)
    theta = abilities.get(skill, Ability()).theta
    ranked = sorted(
        (item for item in pool if item.skill == skill),
        key=lambda item: (-information(theta, item.difficulty, graded=item.graded), item.id),
    )
    shortlist = ranked[: max(1, randomesque)]
    drawn = shortlist[_draw(f"{seed}:{asked}:{skill}", len(shortlist))]
    told = information(theta, drawn.difficulty, graded=drawn.graded)
    rank = shortlist.index(drawn) + 1
    rationale = (
        f"{why_skill} At ability {theta:+.2f} {drawn.id} (a {drawn.difficulty.a:.2f}, b {drawn.difficulty.b:+.2f}) "
        f"carries information {told:.3f}, rank {rank} of the {len(shortlist)} best of {len(ranked)}, drawn by the "
        f"session's seed."
    )
    return ItemChoice(
        item_id=drawn.id,
        skill=skill,
        information=told,
        theta=theta,
        shortlist=tuple(item.id for item in shortlist),
        rationale=rationale,
    )


def _owed_skill(
    skills: set[str],
    abilities: Mapping[str, Ability],
    weights: Mapping[str, float],
    asked_per_skill: Mapping[str, int],
    stop_se: float,
) -> tuple[str, str]:
    unsure = {skill for skill in skills if abilities.get(skill, Ability()).standard_error > stop_se}
    eligible = unsure or skills
    weight_total = sum(weights.get(skill, 0.0) for skill in eligible) or 1.0
    asked_total = sum(asked_per_skill.get(skill, 0) for skill in eligible)

    def deficit(skill: str) -> float:
        share = asked_per_skill.get(skill, 0) / asked_total if asked_total else 0.0
        return weights.get(skill, 0.0) / weight_total - share

    skill = min(eligible, key=lambda name: (-deficit(name), -abilities.get(name, Ability()).standard_error, name))
    wanted = weights.get(skill, 0.0) / weight_total
    had = asked_per_skill.get(skill, 0)
    return skill, f"{skill} is owed most: weight {wanted:.0%}, asked {had} of {asked_total} so far."


def _draw(seed: str, size: int) -> int:
    """A uniform index in ``range(size)``; a hash instead of ``random``, so that every Python version draws the same."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % size


def stop_decision(
    pool: Sequence[PoolItem],
    abilities: Mapping[str, Ability],
    *,
    asked: int,
    budget: int,
    time_left_s: float,
    stop_se: float,
) -> StopDecision:
    """Decide whether to end the adaptive block.

    It ends when its question budget is used, when the remaining time is too short, when the pool is empty, or when
    every skill in the pool has a standard error of at most ``stop_se``. ``asked`` and ``budget`` count adaptive
    questions of this block; ``time_left_s`` is in seconds.
    """
    if asked >= budget:
        return StopDecision(True, f"The block's {budget} adaptive question{'s are' if budget != 1 else ' is'} used.")
    if not pool:
        return StopDecision(True, "No item is left that fits this block.")
    shortest_s = min(item.answer_s for item in pool)
    if time_left_s < shortest_s:
        return StopDecision(True, f"{time_left_s:.0f} s are left, and the shortest item takes {shortest_s:.0f} s.")
    errors = {item.skill: abilities.get(item.skill, Ability()).standard_error for item in pool}
    worst = max(errors, key=lambda skill: (errors[skill], skill))
    if errors[worst] <= stop_se:
        return StopDecision(
            True, f"Everything here is known well enough: standard error {errors[worst]:.2f} ≤ {stop_se:.2f} ({worst})."
        )
    return StopDecision(
        False,
        f"{budget - asked} of {budget} questions and {time_left_s:.0f} s are left; {worst} has a standard error of "
        f"{errors[worst]:.2f}, above {stop_se:.2f}.",
    )
