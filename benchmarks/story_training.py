"""Train the model of the parts of a story, and print the SHA-256 of its weights.

    python -m benchmarks.story_training [--write]

Needs scikit-learn (extra ``dev``). Trained on ``story_clauses.jsonl`` and ``story_wordings.jsonl`` of
``tests/data/meaning``, whose clauses their writers labelled, whole and in shortened versions, and on the stories of
``tests/data`` that are not kept for measuring, with the labels of the rules where the rules find the right parts.
``--write`` replaces ``interview/measurement/story_weights.json``; its SHA-256 goes to
``interview/measurement/story_model.py``. The clauses are those without orders to the machine, so train the orders
first.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from interview.measurement.story_cues import PARTS, StoryPart
from interview.measurement.story_features import Place, features
from interview.measurement.story_model import PartWeights
from interview.measurement.story_parts import clauses_in, parts_by_rules, parts_named, places_of
from interview.measurement.story_rules import story_rules

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
TARGET = ROOT / "interview" / "measurement" / "story_weights.json"

_SEED = 0
_STRENGTH = 1.0
#: There are three times more of the stories of ``story_wordings.jsonl`` than of all others.
_WORDING = 0.25
#: Features seen less often are left out, and weights below this.
_FEWEST, _SMALLEST = 2, 0.05
#: The fewest characters that a clause shares with a labelled stretch to have its label.
_SHARED = 4

Labelled = tuple[str, Place, frozenset[StoryPart]]


class Stretch(Struct, frozen=True):
    """A text with all parts that it tells; "team" is what the team did, no part of the candidate's own story."""

    parts: list[StoryPart | Literal["team"]]
    text: str


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def labelled_by_hand(name: str) -> Iterator[Labelled]:
    """The clauses of the labelled stories of a file and of their shortened versions."""
    chance = random.Random(_SEED)
    for case in lines(name):
        for version in _versions(msgspec.convert(case["clauses"], type=list[Stretch]), chance):
            yield from _labelled(version)


def _versions(told: list[Stretch], chance: random.Random) -> Iterator[list[Stretch]]:
    """The whole story, one part short, its beginning, and its end."""
    yield told
    if len(told) > 2:
        left_out = chance.randrange(len(told))
        yield told[:left_out] + told[left_out + 1 :]
        yield told[: chance.randrange(1, len(told))]
    if len(told) > 3 and chance.random() < 0.5:
        yield told[chance.randrange(1, len(told)) :]


def _labelled(told: Sequence[Stretch]) -> Iterator[Labelled]:
    """Clauses as the analysis splits them, each with the parts of the stretches it lies in."""
    text, stretches = "", []
    for stretch in told:
        start = len(text) + bool(text)
        text = f"{text} {stretch.text}" if text else stretch.text
        stretches.append((start, len(text), stretch.parts))
    rules = story_rules("en")
    clauses = clauses_in(text, rules)
    places = places_of(clauses, parts_named(clauses, rules), rules)
    for (clause, start), place in zip(clauses, places, strict=True):
        end = start + len(clause)
        in_it = (parts for first, last, parts in stretches if min(last, end) - max(first, start) >= _SHARED)
        parts = {part for parts in in_it for part in parts}
        yield clause, place, frozenset(part for part in PARTS if part in parts)


def labelled_by_rules() -> Iterator[Labelled]:
    """The clauses of stories whose parts the rules find rightly."""
    rules = story_rules("en")
    for answer, present in training_stories():
        clauses = clauses_in(answer, rules)
        named = parts_named(clauses, rules)
        told = parts_by_rules(clauses, named, rules)
        if {part for parts in told for part in parts} == present:
            for (clause, _), place, parts in zip(clauses, places_of(clauses, named, rules), told, strict=True):
                yield clause, place, frozenset(parts)


def training_stories() -> Iterator[tuple[str, set[str]]]:
    """Answers and the parts that they tell; none is kept for measuring."""
    for name in ("stories", "stories_own"):
        for case in lines(f"meaning/{name}.jsonl"):
            yield str(case["text"]), set(msgspec.convert(case["present"], type=list[str]))
    for name in ("independent", "public_kinds", "public_suites", "own_style"):
        for case in lines(f"grading/{name}.jsonl"):
            if case["area"] == "star" and case["half"] != "kept" and case["answer"]:
                expected = msgspec.convert(case["expect"], type=dict[str, Any])
                yield str(case["answer"]), set(expected["present"])


def train() -> dict[StoryPart, PartWeights]:
    clauses = [*labelled_by_hand("meaning/story_clauses.jsonl"), *labelled_by_rules()]
    wordings = list(labelled_by_hand("meaning/story_wordings.jsonl"))
    counts = [1.0] * len(clauses) + [_WORDING] * len(wordings)
    clauses += wordings
    named = [features(clause, place) for clause, place, _ in clauses]
    seen: dict[str, int] = {}
    for names in named:
        for name in names:
            seen[name] = seen.get(name, 0) + 1
    kept = [{name: 1.0 for name in sorted(names) if seen[name] >= _FEWEST} for names in named]
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(kept)
    print(f"{len(clauses)} clauses, {matrix.shape[1]} features")
    return {part: _trained(matrix, [part in parts for _, _, parts in clauses], counts, vectors) for part in PARTS}


def _trained(matrix: object, is_part: list[bool], counts: list[float], vectors: DictVectorizer) -> PartWeights:
    model = LogisticRegression(C=_STRENGTH, max_iter=1000, tol=1e-4).fit(matrix, is_part, sample_weight=counts)
    weights = zip(vectors.get_feature_names_out(), model.coef_[0], strict=True)
    return PartWeights(
        intercept=round(float(model.intercept_[0]), 2),
        weights={str(name): round(float(value), 2) for name, value in weights if abs(value) >= _SMALLEST},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    content = msgspec.json.format(msgspec.json.encode(train(), order="sorted"), indent=0) + b"\n"
    print(f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    if arguments.write:
        TARGET.write_bytes(content)


if __name__ == "__main__":
    main()
