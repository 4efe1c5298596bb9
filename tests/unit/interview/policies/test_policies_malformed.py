"""A malformed policy file is refused with its file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from interview.errors import ConfigError
from interview.policies.files import load_policies, policies_from_text

HEAD = "id: x\nrules:\n"

#: what is wrong → (the file's text, its line, the field named)
MALFORMED: dict[str, tuple[str, int | None, str]] = {
    "empty": ("", 1, ""),
    "not YAML": ("id: x\nrules: }\n", 2, ""),
    "no mapping": ("- a\n", 1, ""),
    "no rules": ("id: x\n", 1, ""),
    "an empty list of rules": ("id: x\nrules: []\n", 2, "rules"),
    "no id": ("id: ''\nrules:\n  - {rule: language}\n", 1, "id"),
    "unknown field": ("id: x\nruls: []\n", 2, "ruls"),
    "unknown rule": (HEAD + "  - {rule: langauge}\n", 3, "rules[0].rule"),
    "rule without its kind": (HEAD + "  - {action: warn}\n", 3, "rules[0]"),
    "unknown action": (HEAD + "  - {rule: language, action: shout}\n", 3, "rules[0].action"),
    "an action that cannot follow": (HEAD + "  - {rule: language, action: rewrite}\n", 3, "rules[0].action"),
    "an anomaly that would change words": (
        HEAD + "  - {rule: pasted_text, action: scripted, min_chars: 9, max_chars_per_s: 9}\n",
        3,
        "rules[0].action",
    ),
    "a setting too many": (HEAD + "  - rule: language\n    strictness: 3\n", 4, "rules[0].strictness"),
    "a setting missing": (HEAD + "  - {rule: time}\n", 3, "rules[0]"),
    "text for a number": (HEAD + "  - rule: time\n    grace_s: soon\n", 4, "rules[0].grace_s"),
    "negative time": (HEAD + "  - rule: time\n    grace_s: -1\n", 4, "rules[0].grace_s"),
    "no turns at all": (HEAD + "  - rule: conversation_length\n    max_turns: 0\n", 4, "rules[0].max_turns"),
    "a run of one word": (HEAD + "  - rule: no_leak\n    words: 1\n", 4, "rules[0].words"),
    "similarity in percent": (HEAD + "  - rule: repeated_questions\n    similarity: 88\n", 4, "rules[0].similarity"),
    "no phrases": (HEAD + "  - rule: tone\n    phrases: []\n", 4, "rules[0].phrases"),
    "a phrase of a letter": (HEAD + "  - rule: tone\n    phrases: [great, a]\n", 4, "rules[0].phrases[1]"),
    "a topic without phrases": (HEAD + "  - rule: off_limits\n    topics: {age: []}\n", 4, "rules[0].topics.age"),
    "no topics": (HEAD + "  - rule: off_limits\n    topics: {}\n", 4, "rules[0].topics"),
    "too short an utterance": (HEAD + "  - rule: utterance_length\n    max_words: 3\n", 4, "rules[0].max_words"),
    "spread beyond scores": (HEAD + "  - rule: grading_variance\n    max_spread: 2\n", 4, "rules[0].max_spread"),
    "the same rule twice": (HEAD + "  - {rule: language}\n  - {rule: language}\n", 4, "rules[1].rule"),
    "an alias": ("id: &a x\nrules: *a\n", 2, "*a"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_it_is_refused_with_file_line_and_field(what: str) -> None:
    text, line, field = MALFORMED[what]
    with pytest.raises(ConfigError) as caught:
        policies_from_text(text, "rules/x.yaml")
    detail = caught.value.detail
    assert (detail["file"], detail["line"], detail["field"]) == ("rules/x.yaml", line, field)
    assert caught.value.message.startswith("rules/x.yaml:")


def test_a_typing_error_comes_with_the_nearest_word() -> None:
    with pytest.raises(ConfigError, match="did you mean 'language'"):
        policies_from_text(HEAD + "  - {rule: langauge}\n")


def test_an_id_is_its_files_name_and_there_is_a_default(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("id: x\nrules:\n  - {rule: language}\n")
    with pytest.raises(ConfigError, match=r"mine.yaml:1: id: 'x' must be the file's name"):
        load_policies(tmp_path)
    (tmp_path / "mine.yaml").write_text("id: mine\nrules:\n  - {rule: language}\n")
    with pytest.raises(ConfigError, match=r"holds no default.yaml"):
        load_policies(tmp_path)
