"""The audit log in words."""

from __future__ import annotations

from typing import get_args

from serve.cli.audit_words import ACTIONS, action_words, detail_words
from storage.audit.port import Action


def test_every_action_has_words() -> None:
    assert set(ACTIONS) == set(get_args(Action))
    assert len(set(ACTIONS.values())) == len(ACTIONS)
    assert action_words("grade.overridden") == "overrode a grade"


def test_what_a_later_release_writes_is_shown_by_its_name() -> None:
    assert action_words("moon.read") == "moon.read"
    assert detail_words({"phase_of_moon": 3}) == "phase of moon: 3"


def test_details_are_labelled_and_lists_are_no_python() -> None:
    assert detail_words({"scopes": ["interviews", "reports"]}) == "scopes: interviews, reports"
    assert detail_words({"extra_s": 600, "author": "Grace"}) == "seconds granted in all: 600; by: Grace"
    assert detail_words({"compared": True}) == "to compare candidates"
    assert detail_words({}) == ""
