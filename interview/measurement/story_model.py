"""The likelihood that a clause of an English story is its situation, task, action or result: four logistic regressions.

``python -m benchmarks.story_training --write`` trains the weights in ``story_weights.json``
(docs/adr/0035-learned-story-parts.md).
"""

from __future__ import annotations

import math
from functools import cache

from msgspec import Struct

from interview.measurement.story_cues import StoryPart
from interview.measurement.story_features import Place, features
from interview.text.pinned_weights import pinned_weights

#: Of ``story_weights.json``; the training prints it.
WEIGHTS_SHA256 = "2d932ecde75deb9474048563ae84835091b13ede629f2705cf086a7dcd88024c"


class PartWeights(Struct, frozen=True):
    """The weights of ``features`` and the intercept of one part, in units of log odds."""

    intercept: float
    weights: dict[str, float]


@cache
def trained() -> dict[StoryPart, PartWeights]:
    """The shipped weights.

    Raises:

        ConfigError: the file is not the one that this module was released with.
    """
    return pinned_weights("interview.measurement", "story_weights.json", WEIGHTS_SHA256, dict[StoryPart, PartWeights])


def likelihoods(clause: str, place: Place) -> dict[StoryPart, float]:
    """The probability in [0, 1] of each part, independently of the others: a clause may tell several, or none.

    Raises as ``trained``.
    """
    named = features(clause, place)
    return {part: _probability(of_part, named) for part, of_part in trained().items()}


def _probability(of_part: PartWeights, named: set[str]) -> float:
    odds = of_part.intercept + math.fsum(of_part.weights.get(name, 0.0) for name in named)
    return 1.0 / (1.0 + math.exp(-odds))
