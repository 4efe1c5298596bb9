"""Whether a passage asserts a key point, or only has its words.

Word overlap and token vectors hardly see that "write the key after the charge" turns a key point round, that "backups
are such a fascinating topic" says nothing of it and that "restore tests are overrated" rejects it. A logistic
regression over the passage does. It does not see the topic: the words of the key point are one word to it, and so are
those of the other key points, those of the question, and every word that few of the training questions have.
``python -m benchmarks.assertion_training --write`` trains the weights in ``assertion_weights.json``
(docs/adr/0037-asserted-points.md). English only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.findings import Finding
from interview.text.pinned_weights import pinned_weights
from interview.text.stems import stem

#: Of ``assertion_weights.json``; the training prints it.
WEIGHTS_SHA256 = "a12d9fa228b91591d6974935e12b22fc12e38c7f0c48924f3a71b9af5b8a4fd2"

#: Credit from which a point is counted as one that its passage makes.
COUNTED = 0.4
#: The credit's factor grows to 1 between these probabilities.
_NOT_ASSERTED, _ASSERTED = 0.1, 0.4
#: The least factor: a summary may not say that a point was missed which the answer names.
_NAMED = 0.02
_POINT, _OTHER_POINT, _QUESTION, _RARE = "P", "Q", "T", "X"
_BEGIN, _END = "^", "$"
_MOST_WORDS = 30


class AssertionWeights(Struct, frozen=True):
    """The log odds of each feature. ``texts``: the SHA-256 of the texts that trained the model. ``common``: the words
    that it knows."""

    texts: str
    intercept: float
    weights: dict[str, float]
    common: frozenset[str]


@cache
def trained() -> AssertionWeights:
    """The shipped weights.

    Raises:

        ConfigError: the file is not the one that this module was released with.
    """
    return pinned_weights(
        "deployments.grading.graders.coverage", "assertion_weights.json", WEIGHTS_SHA256, AssertionWeights
    )


def asserted(prompt: str, answer: str, findings: Sequence[Finding]) -> list[Finding]:
    """The findings with less credit, or next to none, for points whose passage probably does not assert them.

    Raises as ``trained``.
    """
    return [
        one if one.passage is None or not one.credit else _weighed(one, probability(prompt, answer, findings, at))
        for at, one in enumerate(findings)
    ]


def _weighed(finding: Finding, chance: float) -> Finding:
    factor = min(1.0, max(_NAMED, (chance - _NOT_ASSERTED) / (_ASSERTED - _NOT_ASSERTED)))
    return replace(
        finding, credit=finding.credit * factor, unasserted=finding.credit >= COUNTED > finding.credit * factor
    )


def probability(prompt: str, answer: str, findings: Sequence[Finding], at: int) -> float:
    """The probability that the passage of ``findings[at]`` asserts its key point.

    Raises as ``trained``.
    """
    model = trained()
    values = features(prompt, answer, findings, at, model.common)
    odds = math.fsum(model.weights.get(name, 0.0) * value for name, value in values.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds + model.intercept))))


def features(
    prompt: str, answer: str, findings: Sequence[Finding], at: int, common: frozenset[str]
) -> dict[str, float]:
    """The features of the passage of ``findings[at]`` as a statement of its key point, by name."""
    finding = findings[at]
    passage = finding.passage
    if passage is None:
        return {}
    text = answer[passage.start : passage.end]
    own = _stems(finding.point.text, *finding.point.variants)
    others = _stems(*(one.point.text for number, one in enumerate(findings) if number != at)) - own
    words = _roles(text, own, others, _stems(prompt), common)
    found = dict.fromkeys(_ngrams(words), 1.0)
    beside = sum(
        one.passage is not None
        and one.credit >= COUNTED
        and one.passage.start < passage.end
        and one.passage.end > passage.start
        for one in findings
    )
    content = len(set(passage.words))
    return found | {
        "@points": beside / 3,
        "@points a word": 5 * beside / max(1, content),
        "@words": min(content, _MOST_WORDS) / 15,
        **{f"@{role}": 3 * words.count(role) / max(1, len(words)) for role in (_POINT, _OTHER_POINT, _RARE)},
    }


def _stems(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in answer_text.content_words(text))


def _roles(
    text: str, own: frozenset[str], others: frozenset[str], asked: frozenset[str], common: frozenset[str]
) -> list[str]:
    """The words of ``text`` without fillers, with a role in place of each word of the topic."""
    roles: list[str] = []
    for token in answer_text.tokens(text):
        if token.text in answer_text.FILLERS:
            continue
        root = stem(token.text)
        if root in own:
            roles.append(_POINT)
        elif root in others:
            roles.append(_OTHER_POINT)
        elif root in asked:
            roles.append(_QUESTION)
        else:
            roles.append(token.text if token.text in common else _RARE)
    return roles


def _ngrams(words: Iterable[str]) -> Iterator[str]:
    """Words, pairs and triples, with repeated roles as one."""
    short = [_BEGIN]
    short += [word for before, word in pairwise([_BEGIN, *words]) if word != before or word.islower()]
    short.append(_END)
    yield from short
    yield from (f"{first} {second}" for first, second in pairwise(short))
    yield from (" ".join(short[at : at + 3]) for at in range(len(short) - 2))
