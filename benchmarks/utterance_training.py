"""Train the model of what an utterance is, and compare its weights with the shipped ones.

    python -m benchmarks.utterance_training [--write]

Needs scikit-learn (extra ``dev``). Trained on ``tests/data/meaning/utterance_wordings.jsonl`` and
``utterance_answers.jsonl``, on the labelled requests, questions and don't-knows of ``tests/data`` that are not kept for
measuring, and on the students' answers of ``tests/data/grading/asag``. Exits with 1 if the shipped weights are not
those of the texts. ``--write`` replaces ``interview/text/utterance_weights.json``; its SHA-256 goes to
``interview/text/utterance_model.py``. The weights name the SHA-256 of their texts, so that a test compares them without
a training.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.trained_weights import compare_or_write
from interview.text.dont_know import says_dont_know_by_rules
from interview.text.utterance_features import features, words_of
from interview.text.utterance_model import AFTERTHOUGHT, ANSWER, NOT_KNOWING, QUESTION, UtteranceWeights

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
TARGET = ROOT / "interview" / "text" / "utterance_weights.json"

_STRENGTH = 10.0
#: An answer counts more than a request, so that a doubt is an answer.
_ANSWER_COUNTS = 2.0
#: Features seen less often are left out, and weights below this.
_FEWEST, _SMALLEST = 3, 0.15
#: A word is heard if the requests and questions have it this often.
_HEARD = 2
#: Longer answers are never judged by the model.
_LONGEST = 400

#: Their halves "fix" train, their halves "kept" measure.
MEASURED = (
    "grading/independent",
    "grading/public_kinds",
    "grading/public_suites",
    "grading/other_suites",
    "grading/candidates_wordings",
    "grading/candidates_meanings",
    "grading/blind_wordings",
    "meaning/fresh_wordings",
)

Labelled = tuple[str, str]


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text().splitlines()]


def labelled() -> Iterator[Labelled]:
    """Utterances with their kind; none is kept for measuring."""
    for case in lines("meaning/utterance_wordings"):
        yield case["text"], case["kind"]
    for name in ("requests", "requests_own"):
        for case in lines(f"meaning/{name}"):
            yield case["text"], next(iter(case["kinds"]), ANSWER)
    for case in lines("meaning/questions_own"):
        yield case["text"], QUESTION + case["topic"]
    for name in MEASURED:
        for case in lines(name):
            if case["half"] == "fix" and case.get("language", "en") == "en":
                yield from _labelled(case)


def _labelled(case: dict[str, Any]) -> Iterator[Labelled]:
    expected = case["expect"]
    if case["area"] == "intents":
        wanted = expected["intent"]
        yield case["utterance"], (wanted[0] if isinstance(wanted, list) else wanted) or ANSWER
    elif case["area"] == "utterances" and expected["kinds"] == [AFTERTHOUGHT]:
        yield case["utterance"], AFTERTHOUGHT
    elif case["area"] == "utterances" and "label" in case:
        yield case["utterance"], case["label"]
    elif "unknown" in expected:
        yield case["text"], NOT_KNOWING if expected["unknown"] else ANSWER
    elif case["area"] == "orders" and not expected["order"]:
        yield case["text"], ANSWER


def answers() -> list[str]:
    """Answers that no rule took for anything else when they were collected from the grading sets, each once."""
    return [case["text"] for case in lines("meaning/utterance_answers")]


def students() -> list[str]:
    """The students' answers of Mohler et al. that are short enough, each once."""
    with (DATA / "grading" / "asag" / "mohler-2011-dev.csv").open(newline="") as file:
        given = (row["student_answer"].strip() for row in csv.DictReader(file))
        return list(dict.fromkeys(text for text in given if text and len(text) < _LONGEST))


def measured() -> set[str]:
    """The texts of the halves that are kept for measuring; none trains, wherever else it stands."""
    cases = (case for name in MEASURED for case in lines(name) if case["half"] == "kept")
    return {str(case.get("utterance") or case.get("text") or case.get("answer")).lower() for case in cases}


def trained_on() -> list[Labelled]:
    """All texts with their kinds."""
    kept = measured()
    pairs = [*labelled(), *((text, ANSWER) for text in (*answers(), *students()))]
    return [
        (text, NOT_KNOWING if kind == ANSWER and says_dont_know_by_rules(text) else kind)
        for text, kind in pairs
        if text.lower() not in kept
    ]


def digest(pairs: Sequence[Labelled]) -> str:
    """The SHA-256 of the texts with their kinds."""
    return hashlib.sha256(json.dumps(pairs, ensure_ascii=False).encode()).hexdigest()


def train(pairs: Sequence[Labelled]) -> UtteranceWeights:
    named = [features(text) for text, _ in pairs]
    seen = Counter(name for names in named for name in names)
    kept = [dict.fromkeys(sorted(name for name in names if seen[name] >= _FEWEST), 1.0) for names in named]
    kinds = [kind for _, kind in pairs]
    vectors = DictVectorizer()
    model = LogisticRegression(C=_STRENGTH, max_iter=400, tol=1e-4)
    model.fit(vectors.fit_transform(kept), kinds, sample_weight=[_ANSWER_COUNTS if k == ANSWER else 1.0 for k in kinds])
    print(f"{len(pairs)} utterances, {len(vectors.get_feature_names_out())} features, {dict(Counter(kinds))}")
    weights = {
        str(name): {
            number: round(float(value), 2)
            for number, value in enumerate(model.coef_[:, column])
            if abs(value) >= _SMALLEST
        }
        for column, name in enumerate(vectors.get_feature_names_out())
    }
    heard = Counter(word for text, kind in pairs if kind != ANSWER for word in words_of(text))
    return UtteranceWeights(
        texts=digest(pairs),
        kinds=tuple(str(kind) for kind in model.classes_),
        intercepts=tuple(round(float(value), 2) for value in model.intercept_),
        weights={name: of_kinds for name, of_kinds in weights.items() if of_kinds},
        heard=frozenset(word for word, times in heard.items() if times >= _HEARD),
    )


def main() -> None:
    compare_or_write(__doc__, lambda: train(trained_on()), TARGET)


if __name__ == "__main__":
    main()
