"""Stories told as a list, without subjects or under headings, are heard like told ones; advice in that form is not."""

from __future__ import annotations

import pytest

from interview.measurement.star import analyse_story
from interview.measurement.story_subjects import with_subject


def parts(answer: str) -> list[str]:
    return [quote.part for quote in analyse_story(answer).present]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Created a wiki. Moved the docs into it. Trained the support team.", ["action"]),
        ("Rewrote the nightly job and added an index. Runtime dropped from four hours to one.", ["action", "result"]),
        ("Last year a vendor closed. Had to move every merchant. Wrote an adapter.", ["situation", "task", "action"]),
        ("In 2022 our office lost its line. Set up routers and moved the calls to phones.", ["situation", "action"]),
    ],
)
def test_a_clause_without_a_subject_is_about_its_speaker(answer: str, told: list[str]) -> None:
    assert parts(answer) == told


def test_a_quote_stays_as_said() -> None:
    answer = "Created a wiki. Moved the docs into it."
    (quote,) = analyse_story(answer).present
    assert answer[quote.start : quote.end] == quote.quote == "Created a wiki."


@pytest.mark.parametrize(
    "clause",
    [
        "Trained staff are worth more than tools.", "Distributed systems fail in odd ways.", "Based in Bonn, it grew.",
        "Put the customer first.", "Set clear goals.", "Latency fell to a second.", "Read the docs before you ask.",
        "Errors were gone.", "Compared to the old one, it is fast.",
    ],
)  # fmt: skip
def test_descriptions_and_advice_keep_their_words(clause: str) -> None:
    assert with_subject(clause) == clause


@pytest.mark.parametrize(
    "answer",
    [
        "Background: the search was slow. Goal: under a second. Approach: a cache. Impact: happier users.",
        "Challenge: nobody knew who did what. My role: bring order. Steps: a map of owners. Outcome: faster handovers.",
        "Problem: flaky tests. What was expected of me: green builds. What I did: isolation. What came of it: silence.",
    ],
)
def test_a_typed_heading_names_the_part(answer: str) -> None:
    assert parts(answer) == ["situation", "task", "action", "result"]


def test_what_the_team_achieved_is_no_action_of_the_team() -> None:
    assert not analyse_story("I was responsible for the study. In the end we finished with everybody.").team_only
    assert analyse_story("We restarted the nodes. In the end we finished.").team_only


def test_never_having_had_such_a_case_is_no_story() -> None:
    assert parts("I have never really had a conflict at work.") == []
