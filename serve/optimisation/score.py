"""The score of a prompt version: the figures of ``interview simulate --engine model`` as one number."""

from __future__ import annotations

from msgspec import Struct

from serve.simulation.campaign import SimulationReport


class Score(Struct, frozen=True):
    """``total`` in [0, 1] is the mean of the shares below; a share without a case (None) is left out.

    ``own_words``: turns in which the model spoke, not the script. ``heard``: of the model's sentences, those that
    neither a rule nor the platform's own question replaced. ``referring``: of its replies to answers in
    sentences, those that take the answer up. ``targeted``: of its follow-ups, those that ask for a point that was left
    out. ``fresh``: of its replies, those without a repeated sentence. ``gates_failed`` names the failed gates: a
    version that fails one that the version in use passes is never published.
    """

    total: float
    own_words: float | None
    heard: float | None
    referring: float | None
    targeted: float | None
    fresh: float | None
    gates_failed: tuple[str, ...]
    asked: int
    prompt_tokens: int
    completion_tokens: int


def score_of(report: SimulationReport) -> Score:
    """The score of one simulation. Pure."""
    words = report.words
    shares = {
        "own_words": _share(words.asked - words.fallbacks, words.asked),
        "heard": _share(words.heard, words.wrote),
        "referring": _share(words.referring, words.spoken),
        "targeted": _share(words.targeted, words.follow_ups),
        "fresh": _share(max(0, words.spoken - words.repeats), words.spoken),
    }
    known = [share for share in shares.values() if share is not None]
    return Score(
        total=round(sum(known) / len(known), 4) if known else 0.0,
        gates_failed=tuple(sorted(name for name, gate in report.gates.items() if not gate.ok)),
        asked=words.asked,
        prompt_tokens=words.prompt_tokens,
        completion_tokens=words.completion_tokens,
        **shares,
    )


def is_better(one: Score, other: Score, margin: float) -> bool:
    """Whether ``one`` is above ``other`` by ``margin`` and fails no gate that ``other`` passes."""
    return one.total >= other.total + margin and set(one.gates_failed) <= set(other.gates_failed)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
