"""Successive halving (Jamieson & Talwalkar 2016) over the variants of one prompt.

Every round holds the same interviews (plans, personas, seed) with each variant that is left, keeps the better half and
doubles the number of interviews; a single variant needs no round. The winner and the version in use then meet on
interviews that no round has held.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from serve.optimisation.score import Score, is_better
from serve.optimisation.variants import Variant

#: Holds ``n`` interviews per plan and persona from ``seed`` with a prompt's text.
Evaluate = Callable[[str, int, int], Awaitable[Score]]

#: Seed of the deciding interviews, relative to the search's.
HELD_OUT = 1_000_003


class Round(Struct, frozen=True):
    """The variants of one round with their scores, the best first."""

    n: int
    scores: tuple[tuple[str, Score], ...]


class Outcome(Struct, frozen=True):
    """``winner`` None: no variant was better than the version in use. ``held_out``: the winner's score and that of the
    version in use on the deciding interviews."""

    winner: Variant | None
    rounds: tuple[Round, ...]
    candidate: str
    held_out: tuple[Score, Score]


async def search(
    current: str,
    variants: Sequence[Variant],
    evaluate: Evaluate,
    *,
    n: int,
    seed: int,
    margin: float,
    progress: Callable[[str], None] = lambda told: None,
) -> Outcome:
    """Search ``variants`` (at least one). ``n``: interviews per plan and persona in the first round and the decision.

    Raises as ``evaluate``.
    """
    left = list(variants)
    rounds: list[Round] = []
    count = n
    while len(left) > 1:
        scored: list[tuple[Variant, Score]] = []
        for variant in left:
            progress(f"{variant.name}, {count} interviews per plan and persona")
            scored.append((variant, await evaluate(variant.text, count, seed)))
        # fewer failed gates first, then the score, then the shorter answers
        scored.sort(key=lambda one: (len(one[1].gates_failed), -one[1].total, one[1].completion_tokens))
        rounds.append(Round(count, tuple((variant.name, score) for variant, score in scored)))
        left = [variant for variant, _ in scored[: max(1, len(scored) // 2)]]
        count *= 2
    best = left[0]
    progress(f"{best.name} and the version in use, on other interviews")
    candidate = await evaluate(best.text, n, seed + HELD_OUT)
    used = await evaluate(current, n, seed + HELD_OUT)
    winner = best if is_better(candidate, used, margin) else None
    return Outcome(winner, tuple(rounds), best.name, (candidate, used))
