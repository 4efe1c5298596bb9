"""What a short English utterance of a candidate is: an answer, a request, a question, a way back, or not knowing.

A multinomial logistic regression over words. Rules decide first (``interview.sessions.request_phrases``, …). The model
hears wordings that they lack. It must be almost certain: a request that is taken for an answer costs one more
sentence, but an answer that is taken for a request is lost. ``python -m benchmarks.utterance_training --write`` trains
the weights in ``utterance_weights.json``, and without ``--write`` it compares them (docs/adr/0036-learned-requests.md).
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from msgspec import Struct

from interview.text.hesitations import HESITATIONS
from interview.text.pinned_weights import pinned_weights
from interview.text.utterance_features import features, words_of

#: Of ``utterance_weights.json``; the training prints it.
WEIGHTS_SHA256 = "74f4cd370a41e825bfe8ec88bf0a154751de2170ad260edb90e43ee4b8654b11"

ANSWER, NOT_KNOWING, AFTERTHOUGHT, QUESTION = "answer", "unknown", "afterthought", "question:"

#: The probability that an utterance is no answer from which the model is believed.
_CERTAIN = 0.95
#: The probability that its kind needs: words that could be anything are an answer.
_DECIDED = 0.4
#: The same for an utterance of more than ``_SHORT`` words, which most often tells something.
_DECIDED_LONG, _SHORT = 0.7, 15
#: A longer utterance is an answer, and so is one with more words that no training request has.
_MAX_WORDS, _MAX_UNHEARD = 25, 2
#: Who says more than that they are done says something: "I'd have to look it up, but that's how I'd do it."
_DONE, _MAX_DONE_WORDS = "done", 10
#: Something is asked before more is said.
_GUESS = re.compile(r"\w\s*\?\s*\w")
#: Words that name an option or a number.
_OPTIONS = frozenset("bcdefgh#").union(
    ("yes", "true", "false", "first", "second", "third", "last", "one", "two", "three")
)


class UtteranceWeights(Struct, frozen=True):
    """One intercept a kind, and of each feature the weights that matter, by the number of their kind, in log odds.

    ``texts`` is the SHA-256 of the texts that trained the model with their kinds, ``heard`` are the words of the
    requests and questions among them.
    """

    texts: str
    kinds: tuple[str, ...]
    intercepts: tuple[float, ...]
    weights: dict[str, dict[int, float]]
    heard: frozenset[str]


@cache
def trained() -> UtteranceWeights:
    """The shipped weights.

    Raises:

        ConfigError: the file is not the one that this module was released with.
    """
    return pinned_weights("interview.text", "utterance_weights.json", WEIGHTS_SHA256, UtteranceWeights)


def likelihoods(text: str) -> dict[str, float]:
    """The probability of each kind; they sum to 1.

    Raises as ``trained``.
    """
    model = trained()
    odds = list(model.intercepts)
    for name in sorted(features(text)):
        for kind, weight in model.weights.get(name, {}).items():
            odds[kind] += weight
    highest = max(odds)
    powers = [math.exp(one - highest) for one in odds]
    return {kind: power / math.fsum(powers) for kind, power in zip(model.kinds, powers, strict=True)}


@lru_cache(maxsize=2048)
def heard_as(text: str) -> str | None:
    """What ``text`` almost certainly is other than an answer: a kind of request, ``NOT_KNOWING``, ``AFTERTHOUGHT``, or
    ``QUESTION`` followed by its topic; else None.

    Raises as ``trained``.
    """
    words = words_of(text)
    unheard = sum(word not in trained().heard for word in words)
    if not words or len(words) > _MAX_WORDS or unheard > _MAX_UNHEARD:
        return None
    if 2 * sum(word in HESITATIONS for word in words) > len(words):
        return None  # mostly hesitations: the speaker is thinking, not asking
    chances = likelihoods(text)
    if 1.0 - chances.pop(ANSWER) < _CERTAIN:
        return None
    kind = max(chances, key=chances.__getitem__)
    if chances[kind] < (_DECIDED if len(words) <= _SHORT else _DECIDED_LONG):
        return None
    if kind == _DONE and len(words) > _MAX_DONE_WORDS:
        return None
    # "I'm not sure, deadlock?", "a stack? no idea" and "b maybe" may be right
    guesses = unheard or _GUESS.search(text) or not _OPTIONS.isdisjoint(words)
    return None if kind == NOT_KNOWING and guesses else kind
