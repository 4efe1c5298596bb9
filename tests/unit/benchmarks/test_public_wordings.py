"""Public intent data sets are read with the labels that their own classes give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.public_wordings import SETS, right, wordings


def _folder(root: Path) -> Path:
    for name in SETS:
        (root / name).mkdir()
    clinc = root / "oos-eval" / "data" / "data_full.json"
    hwu = root / "NLU-Evaluation-Data" / "KFold_1" / "testset" / "text" / "general_repeat.txt"
    for path in (clinc, hwu, root / "rasa-demo" / "data" / "nlu" / "nlu.yml"):
        path.parent.mkdir(parents=True)
    asked = [["could you repeat that", "repeat"], ["what is my balance", "balance"]]
    clinc.write_text(json.dumps({"train": asked, "val": [], "test": [["a stack is a queue", "repeat"]]}))
    hwu.write_text("Could you repeat that\nplease say that again\n")
    talk = root / "dialogflow-smalltack-export" / "intents"
    talk.mkdir()
    for label in ("agent.chatbot", "agent.real", "dialog.what_do_you_mean", "user.does_not_want_to_talk"):
        (talk / f"smalltalk.{label}_usersays_en.json").write_text("[]")
    held = [{"data": [{"text": "wait "}, {"text": "a second"}]}]
    (talk / "smalltalk.dialog.hold_on_usersays_en.json").write_text(json.dumps(held))
    bots = "- intent: human_handoff\n  examples: |\n    - can I talk to a [human](role)?\n- intent: greet\n    - hi\n"
    (root / "rasa-demo" / "data" / "nlu" / "nlu.yml").write_text(bots)
    return root


def test_each_text_is_read_once_with_what_its_class_means(tmp_path: Path) -> None:
    found = {one.text.lower(): right(one) for one in wordings(_folder(tmp_path))}
    assert found == {
        "could you repeat that": True,
        "a stack is a queue": False,
        "please say that again": True,
        "wait a second": True,
        "can i talk to a human?": True,
    }


def test_a_missing_set_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="rasa-demo"):
        wordings(tmp_path)
