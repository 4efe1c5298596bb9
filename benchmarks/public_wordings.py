"""How the requests and questions of public intent data sets are heard.

``python -m benchmarks.public_wordings FOLDER [--json FILE]``. ``FOLDER`` holds checkouts of the sets, which are not
committed here; the table of docs/measurements/2026-12-01-public-wordings.md names them with their licences. The class
that a set gives a text decides what is right; no text was read for it. A set that is missing is an error.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from interview.sessions.utterances import read_utterance


class Meant(Struct, frozen=True):
    """The kinds of utterance that are right, and for a question its topics."""

    kinds: tuple[str, ...]
    topics: tuple[str, ...] = ()


class Wording(Struct, frozen=True):
    source: str
    label: str
    text: str
    meant: Meant


_MACHINE = Meant(("question",), ("machine", "person"))
_LANGUAGE = Meant(("question",), ("language",))
_AGAIN = Meant(("repeat", "explain"))
_STOP = Meant(("end", "done", "wait", "skip"))

_CLINC = {"repeat": _AGAIN, "are_you_a_bot": _MACHINE, "change_language": _LANGUAGE}
_HWU = {"general_repeat": _AGAIN, "general_explain": _AGAIN, "general_commandstop": _STOP}
_SMALL_TALK = {
    "dialog.hold_on": Meant(("wait",)),
    "agent.chatbot": _MACHINE,
    "agent.real": _MACHINE,
    "dialog.what_do_you_mean": _AGAIN,
    "user.does_not_want_to_talk": Meant(("end", "skip")),
}
_RASA_DEMO = {
    "chitchat/ask_isbot": _MACHINE,
    "chitchat/ask_ishuman": _MACHINE,
    "human_handoff": Meant(("question",), ("person",)),
    "explain": _AGAIN,
    "chitchat/ask_languagesbot": _LANGUAGE,
}
_RASA_NLU = {"bot_challenge": _MACHINE}

#: The folders of the sets, as git clones them.
SETS = ("oos-eval", "NLU-Evaluation-Data", "dialogflow-smalltack-export", "rasa-demo", "NLU-training-data")

_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def clinc(folder: Path) -> Iterator[Wording]:
    """CLINC150, all three splits."""
    data = json.loads((folder / "oos-eval" / "data" / "data_full.json").read_text())
    for split in ("train", "val", "test"):
        for text, label in data[split]:
            if label in _CLINC:
                yield Wording("CLINC150", label, text, _CLINC[label])


def hwu(folder: Path) -> Iterator[Wording]:
    """HWU64: the test folds together hold all texts of the balanced subset."""
    for label, meant in _HWU.items():
        for path in sorted(folder.glob(f"NLU-Evaluation-Data/**/KFold_*/testset/text/{label}.txt")):
            for text in path.read_text().splitlines():
                yield Wording("HWU64", label, text, meant)


def small_talk(folder: Path) -> Iterator[Wording]:
    """The small talk of Dialogflow as an exported agent."""
    for label, meant in _SMALL_TALK.items():
        path = folder / "dialogflow-smalltack-export" / "intents" / f"smalltalk.{label}_usersays_en.json"
        for said in json.loads(path.read_text()):
            yield Wording("Dialogflow", label, "".join(part["text"] for part in said["data"]), meant)


def rasa(folder: Path, pattern: str, source: str, labels: Mapping[str, Meant]) -> Iterator[Wording]:
    """A Rasa bot's training data, without the marks of its entities."""
    for path in sorted(folder.glob(pattern)):
        label = ""
        for line in path.read_text().splitlines():
            if found := re.match(r"\s*- intent: (\S+)", line):
                label = found[1]
            elif label in labels and (found := re.match(r"\s+- (.*)", line)):
                yield Wording(source, label, _ENTITY.sub(r"\1", found[1]).strip(), labels[label])


def wordings(folder: Path) -> list[Wording]:
    """All texts, each once, whatever its case.

    Raises:

        SystemExit: a set is missing in ``folder``.
    """
    if missing := [name for name in SETS if not (folder / name).is_dir()]:
        raise SystemExit(f"{folder} lacks {', '.join(missing)}.")
    found = (
        *clinc(folder),
        *hwu(folder),
        *small_talk(folder),
        *rasa(folder, "rasa-demo/data/nlu/*.yml", "rasa-demo", _RASA_DEMO),
        *rasa(folder, "NLU-training-data/smalltalk/nlu.yml", "NLU-training-data", _RASA_NLU),
    )
    return list({one.text.lower(): one for one in found if one.text}.values())


def half(wording: Wording) -> str:
    """ "kept" texts measure only: no failure among them was read, and no training wording is near one."""
    return "fix" if hashlib.sha256(wording.text.lower().encode()).digest()[0] % 2 else "kept"


def right(wording: Wording) -> bool:
    heard = read_utterance(wording.text)
    topics = {question.topic for question in heard.questions}
    return heard.kind in wording.meant.kinds and (not wording.meant.topics or bool(topics & set(wording.meant.topics)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows: dict[str, list[bool]] = defaultdict(list)
    texts = wordings(arguments.folder)
    for one in texts:
        rows[f"{one.source}, {one.label}, {half(one)}"].append(right(one))
    results = {name: {"right": sum(row), "of": len(row)} for name, row in sorted(rows.items())}
    found = hashlib.sha256("\n".join(sorted(one.text for one in texts)).encode()).hexdigest()
    for name, result in results.items():
        print(f"{name}: {result['right']} of {result['of']}")
    print(f"all: {sum(map(sum, rows.values()))} of {len(texts)}; SHA-256 of the sorted texts: {found}")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
