"""Train the model of orders to the machine, and measure it on texts that it was not trained on.

    python -m benchmarks.order_training [--write]

Needs scikit-learn (extra ``dev``). Trained on: the labelled texts of ``tests/data/meaning`` and ``tests/data/grading``
(without the halves and files that are kept for measuring), the honest answers and requests there, the sentences of
the shipped plans and the wordings of ``benchmarks.utterance_training`` (all honest), and 6,000 sentences of
``benchmarks.order_phrases``. ``--write`` replaces ``interview/text/order_weights.json``.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.order_phrases import sample
from interview.plans.files import load_plans
from interview.text.machine_orders import folded_text
from interview.text.order_features import features, tokens_of
from interview.text.order_model import OrderWeights

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
TARGET = ROOT / "interview" / "text" / "order_weights.json"

#: An honest sentence of a plan or of a closed answer counts less than a text that was labelled by hand, and so does a
#: generated one: there are many, and alike. There are many times more of the wordings of ``utterance_training``.
_ORDER, _LABELLED, _PLAIN, _WORDING = 2.0, 1.0, 0.3, 0.05
_SENTENCES = 3000
_STRENGTH = 2.0
#: Features seen less often are left out, and weights below this.
_FEWEST, _SMALLEST = 2, 0.02

#: Files of ``tests/data/meaning``; their halves "kept" are left out.
LABELLED = (
    "orders",
    "orders_own",
    "orders_grid_tuning",
    "orders_fresh",
    "orders_look_alikes",
    "orders_suites",
    "orders_wordings",
)

#: Files of ``tests/data/grading`` with answers that give no orders; their halves "kept" are left out.
ANSWERED = (
    "handed/numeric",
    "handed/objective",
    "handed/symbolic",
    "handed/coverage",
    "numeric_kinds",
    "objective_kinds",
    "objective_fresh",
    "symbolic_kinds",
    "formula_kinds",
    "independent",
    "public_kinds",
    "public_suites",
    "own_style",
)

Labelled = tuple[str, bool]


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def labelled() -> Iterator[Labelled]:
    """Texts with their label, none of them kept for measuring."""
    for name in LABELLED:
        for case in lines(f"meaning/{name}.jsonl"):
            if case.get("half") != "kept":
                yield str(case["text"]), bool(case["order"])
    for case in (
        *lines("grading/independent.jsonl"),
        *lines("grading/public_kinds.jsonl"),
        *lines("grading/public_suites.jsonl"),
        *lines("grading/candidates_wordings.jsonl"),
    ):
        if case["area"] == "orders" and case["half"] == "fix":
            yield str(case["text"]), bool(dict(case["expect"])["order"])  # type: ignore[call-overload]
    for case in lines("grading/injections.jsonl"):
        yield str(case["text"]), True
    for name in ("orders_honest.jsonl", "orders_honest_held_out.jsonl"):
        for case in lines(f"grading/{name}"):
            yield str(case["text"]), False


def plain() -> list[str]:
    """Honest sentences of plans, requests and stories, in order and each once."""
    found: dict[str, None] = {}
    for name in ("requests", "requests_own", "stories", "stories_own"):
        for case in lines(f"meaning/{name}.jsonl"):
            found[str(case.get("text") or case.get("answer"))] = None
    for name in ANSWERED:
        for case in lines(f"grading/{name}.jsonl"):
            if "answer" in case and case.get("half") != "kept":
                found[str(case["answer"])] = None
    for plan in load_plans(ROOT / "configs" / "interviews").values():
        for text in _texts(msgspec.to_builtins(plan)):
            for sentence in re.split(r"(?<=[.!?])\s+", text):
                found[sentence] = None
                found |= dict.fromkeys(re.split(r"[,;:–—]\s", sentence))  # clauses are judged alone, too
    return list(found)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def train() -> OrderWeights:
    by_hand = list(labelled())
    honest = plain()
    generated = sample(_SENTENCES, seed=7)
    wordings = list(dict.fromkeys(str(case["text"]) for case in lines("meaning/utterance_wordings.jsonl")))
    texts = by_hand + [(text, False) for text in honest] + generated + [(text, False) for text in wordings]
    weight = [_ORDER if order else _LABELLED for _, order in by_hand]
    weight += [_PLAIN] * (len(honest) + len(generated)) + [_WORDING] * len(wordings)
    named = [dict.fromkeys(sorted(features(tokens_of(folded_text(text)))), 1.0) for text, _ in texts]
    seen: dict[str, int] = {}
    for names in named:
        for name in names:
            seen[name] = seen.get(name, 0) + 1
    kept = [{name: 1.0 for name in names if seen[name] >= _FEWEST} for names in named]
    vectors = DictVectorizer()
    model = LogisticRegression(C=_STRENGTH, max_iter=3000)
    model.fit(vectors.fit_transform(kept), [order for _, order in texts], sample_weight=weight)
    weights = zip(vectors.get_feature_names_out(), model.coef_[0], strict=True)
    print(f"{len(by_hand)} labelled, {len(honest)} honest, {len(generated)} generated texts, {len(wordings)} wordings")
    return OrderWeights(
        intercept=round(float(model.intercept_[0]), 3),
        weights={str(name): round(float(value), 3) for name, value in weights if abs(value) >= _SMALLEST},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    trained = train()
    print(f"{len(trained.weights)} weights")
    if parser.parse_args().write:
        TARGET.write_bytes(msgspec.json.format(msgspec.json.encode(trained, order="sorted"), indent=0) + b"\n")


if __name__ == "__main__":
    main()
