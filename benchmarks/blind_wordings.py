"""How the cases of ``tests/data/grading/blind_wordings.jsonl`` are understood, a line a row.

``python -m benchmarks.blind_wordings`` prints counts only: the set is kept for measuring, so its failures stay unread.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from interview.measurement.star import analyse_story
from interview.sessions.utterances import read_utterance
from interview.text.dont_know import says_dont_know
from interview.text.machine_orders import orders_in

CASES = Path(__file__).resolve().parent.parent / "tests" / "data" / "grading" / "blind_wordings.jsonl"


def judged(case: dict[str, Any]) -> tuple[str, bool]:
    """The row of ``case``, and whether it is understood.

    Raises:

        ValueError: the set has no such area.
    """
    expected = case["expect"]
    match case["area"]:
        case "utterances":
            return _utterance(case["utterance"], expected)
        case "nonanswer":
            return "don't know", says_dont_know(case["text"]) is expected["unknown"]
        case "orders":
            row = "orders found" if expected["order"] else "honest texts left alone"
            return row, bool(orders_in(case["text"])) is expected["order"]
        case "star":
            return "stories, the four parts", sorted(
                one.part for one in analyse_story(case["answer"]).present
            ) == expected["present"]
        case area:
            raise ValueError(f"{CASES.name} has no area {area!r}.")


def _utterance(said: str, expected: dict[str, Any]) -> tuple[str, bool]:
    heard = read_utterance(said)
    topics = {question.topic for question in heard.questions}
    right = heard.kind in expected["kinds"]
    if "topics" in expected:
        return "questions, with their topic", right and bool(topics & set(expected["topics"]))
    row = {"answer": "answers left alone", "afterthought": "afterthoughts"}.get(expected["kinds"][0], "requests")
    return row, right and not topics


def main() -> None:
    right, all_of = Counter[str](), Counter[str]()
    for line in CASES.read_text().splitlines():
        row, understood = judged(json.loads(line))
        all_of[row] += 1
        right[row] += understood
    for row, count in all_of.items():
        print(f"{row}: {right[row]} of {count} ({right[row] / count:.1%})")


if __name__ == "__main__":
    main()
