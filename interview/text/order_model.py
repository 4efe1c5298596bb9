"""The likelihood that a sentence is an order to a machine that marks: logistic regression over words and their classes.

``python -m benchmarks.order_training --write`` trains the weights in ``order_weights.json``
(docs/adr/0025-learned-orders.md).
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from interview.text.order_features import features, tokens_of


class OrderWeights(Struct, frozen=True):
    """The weights of ``features`` and the intercept, both in units of log odds."""

    intercept: float
    weights: dict[str, float]


@cache
def _trained() -> OrderWeights:
    return msgspec.json.decode((files("interview.text") / "order_weights.json").read_bytes(), type=OrderWeights)


def likelihood(folded: str) -> float:
    """The probability in [0, 1] that a folded sentence is an order."""
    trained = _trained()
    odds = trained.intercept + sum(trained.weights.get(name, 0.0) for name in features(tokens_of(folded)))
    return 1.0 / (1.0 + math.exp(-odds))
