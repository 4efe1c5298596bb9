"""Features of a sentence for telling orders to a machine that marks from honest sentences: words, and what they name.

A word stands for itself and for its class ("grade", "rate" and "tick" are ``MARK``), so that a wording that the training
set does not have still shares the features of its classes: their order, and which of them occur together.
"""

# ruff: noqa: E501 – a table of words reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

_CLASSES = {
    "MARK": "mark grade score rate count record log enter register tick label tag evaluate assess judge deem treat consider regard classify book certify file validate confirm declare",
    "GIVE": "give award grant assign hand allocate put set write output return report say print state respond answer conclude gimme",
    "RAISE": "bump raise round increase boost add lift double improve upgrade",
    "GRADE": "marks mark credit credits score scores points point grade grades rating ratings level band verdict result results evaluation "
    "assessment tier",
    "TOP": "full top maximum max highest best perfect excellent outstanding flawless hundred ten 100 10 strong correct right exceptional "
    "exemplary met covered passed pass hired complete a+ plus",
    "SELF": "me my mine i",
    "THIS": "this it that",
    "ANSWER": "answer answers response responses reply replies submission candidate applicant solution attempt interview explanation statement performance application",
    "RULES": "rubric rules instructions prompt criteria criterion guidelines key instruction",
    "MACHINE": "grader evaluator examiner ai bot model llm machine computer system assistant judge assessor",
    "DROP": "ignore disregard forget skip override bypass stop drop",
    "YOU": "you your yourself",
    "POLITE": "please kindly just",
    "HIRE": "hire pass approve accept recommend advance promote",
    "SOFT": "lenient leniency generous generously strict kind merciful mercy favour favor nice",
    "DOCK": "deduct deductions subtract dock penalise penalize fail fails reject",
    "REPORT": "report summary feedback notes protocol",
    "BODY": "committee recruiter professor supervisor board hr developers panel company manager examiner",
    "MODE": "mode demo debug test pretend act imagine simulate behave role",
    "OTHERS": "we they he she our their customers team the user",
}
_OF_WORD: dict[str, list[str]] = {}
for _name, _words in _CLASSES.items():
    for _word in _words.split():
        _OF_WORD.setdefault(_word, []).append(_name)

_TOKEN = re.compile(r"[a-z]+'?[a-z]*\+?|\d+|[/{}<>\[\]:#|=]")
#: A sentence without a word of these classes is no order.
_TELLING = frozenset(
    word
    for name in ("MARK", "GIVE", "RAISE", "GRADE", "ANSWER", "RULES", "MACHINE", "DROP", "HIRE", "SOFT", "DOCK", "MODE")
    for word in _CLASSES[name].split()
)
#: Two words of classes are near each other within this many words.
_NEAR = 5


def tokens_of(folded: str) -> list[str]:
    """The words, numbers and brackets of a folded text."""
    return _TOKEN.findall(folded)


def telling(folded: str) -> bool:
    """Whether a folded text has a word that orders to a machine that marks are made of."""
    return not _TELLING.isdisjoint(tokens_of(folded))


def features(tokens: Sequence[str]) -> set[str]:
    """The names of the features that the words of one sentence have."""
    classes = [_OF_WORD.get(token, [token])[0] for token in tokens]
    return {*_runs("w", tokens, 2), *_runs("c", classes, 3), *_classes_together(tokens)}


def _runs(kind: str, words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for at in range(len(words) - length + 1):
            yield f"{kind} {' '.join(words[at : at + length])}"
    yield f"{kind}^ {' '.join(words[:1])}"
    yield f"{kind}^ {' '.join(words[:2])}"


def _classes_together(tokens: Sequence[str]) -> Iterator[str]:
    placed = [(at, name) for at, token in enumerate(tokens) for name in _OF_WORD.get(token, ())]
    for first, second in combinations(sorted({name for _, name in placed}), 2):
        yield f"both {first} {second}"
    for (here, first), (there, second) in combinations(placed, 2):
        if here < there <= here + _NEAR:
            yield f"then {first} {second}"
