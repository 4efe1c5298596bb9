"""Behavioural answers: what of the story is told, what is asked for, and how the report words it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interview.languages.language import language_of
from interview.measurement.star import achievement_line, analyse_story

WHOLE = (
    "In my last job our billing service was slow. I was responsible for the database. I measured the queries and I "
    "added an index. As a result we reduced the response time by forty percent."
)


def test_a_whole_story_needs_no_follow_up() -> None:
    found = analyse_story(WHOLE)
    assert [quote.part for quote in found.present] == ["situation", "task", "action", "result"]
    assert found.complete
    assert found.follow_up is None


def test_every_quote_stands_in_the_answer_where_it_says() -> None:
    for quote in analyse_story(WHOLE).present:
        assert WHOLE[quote.start : quote.end] == quote.quote


@pytest.mark.parametrize(
    ("answer", "missing", "asked"),
    [
        ("In my last job I had to migrate a database. I wrote a script and tested it.", "result", "how did it turn"),
        (
            "There was an outage last year. I was asked to lead. In the end all were happy.",
            "action",
            "yourself",
        ),
        ("Last year we had a conflict. I talked to both and in the end we agreed.", "task", "your task"),
        (
            "I was responsible for the release. I tested it and as a result we shipped.",
            "situation",
            "situation",
        ),
    ],
)
def test_the_follow_up_asks_for_exactly_what_is_missing(answer: str, missing: str, asked: str) -> None:
    found = analyse_story(answer)
    assert found.missing == (missing,)
    assert asked in (found.follow_up or "")


def test_a_story_told_as_we_is_asked_for_the_candidates_own_part() -> None:
    found = analyse_story("We had an outage. We fixed it together. In the end the customer was happy.")
    assert found.team_only
    assert found.follow_up == language_of("en").story_follow_ups.team_only


def test_an_answer_without_a_story_lacks_everything() -> None:
    assert analyse_story("I like working with people.").missing == ("action", "result", "task", "situation")
    assert analyse_story("").present == ()


def test_a_measured_result_is_quoted_rather_than_a_lesson() -> None:
    found = analyse_story(
        "I learned much. I rewrote the scheduler. We reduced the cost by thirty percent. I learned to test."
    )
    result = next(quote for quote in found.present if quote.part == "result")
    assert result.quote == "We reduced the cost by thirty percent."


def test_the_achievement_line_uses_only_the_candidates_words() -> None:
    line = achievement_line(WHOLE)
    assert line == "Measured the queries and I added an index – reduced the response time by forty percent"


@pytest.mark.parametrize("answer", ["I like teamwork.", "I rewrote the scheduler.", "In the end we were fine."])
def test_nothing_is_reframed_that_was_not_told(answer: str) -> None:
    assert achievement_line(answer) is None


def test_a_very_long_answer_is_analysed_quickly_and_safely() -> None:
    assert analyse_story("my team and " * 20_000).present == ()


@pytest.mark.parametrize("name", ["stories.jsonl", "stories_own.jsonl"])
def test_the_parts_of_a_story_are_heard_however_it_is_told(name: str) -> None:
    lines = (Path(__file__).parents[3] / "data" / "meaning" / name).read_text().splitlines()
    wrong = {}
    for case in map(json.loads, lines):
        story = analyse_story(case["text"])
        parts = sorted(quote.part for quote in story.present)
        if (parts, story.team_only) != (case["present"], case["team_only"]):
            wrong[case["id"]] = parts
    assert wrong == {}


def test_what_is_said_after_an_action_about_others_is_its_result() -> None:
    found = analyse_story("I called the guest and apologised. He came back the next summer.")
    result = next(quote for quote in found.present if quote.part == "result")
    assert result.quote == "He came back the next summer."


@pytest.mark.parametrize("whom", ["the client", "my manager", "the team", "our supplier"])
@pytest.mark.parametrize("then", ["I wrote a plan", "I gave us a deadline", "I used it myself"])
def test_what_the_speaker_does_after_naming_somebody_is_no_result(whom: str, then: str) -> None:
    told = [quote.part for quote in analyse_story(f"I called {whom}, {then} and I presented it.").present]
    assert told == ["action"]


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        ("Situation: an outage. Task: my job was to calm people. Action: I called. Result: fewer complaints.", "STAR"),
        ("In one class that I taught, a boy kept calling out. I spoke to him. The calling out stopped.", "SAR"),
        ("I had never used a spreadsheet when I got the job. I took a course. They came to me after that.", "SAR"),
        ("A good example is our move. I numbered every desk. All two hundred people started on time.", "SAR"),
        ("A man collapsed at a concert. I started compressions. The paramedics told me that he pulled through.", "SAR"),
        ("Two years ago my firm ran out of money. In the end we had to close it.", "SR"),
        ("If a customer was angry with me, I would let him vent.", ""),
    ],
)  # fmt: skip
def test_parts_are_told_by_their_form_and_their_place(answer: str, parts: str) -> None:
    told = {quote.part[0].upper() for quote in analyse_story(answer).present}
    assert told == set(parts)


@pytest.mark.parametrize(
    "task",
    [
        "That landed on my desk.",
        "I owed it to my team to fix this.",
        "I was the one who had to tell the client.",
        "I set myself the goal of halving it.",
        "The team had to restore the service.",
        "I had only one afternoon to prepare.",
        "They needed somebody to lead the project and chose me.",
        "I agreed to clean it up.",
    ],
)
def test_duties_in_many_words_are_the_task(task: str) -> None:
    answer = (
        f"Last year our main supplier went bankrupt. {task} I called twelve firms. The new one was ten percent cheaper."
    )
    assert not analyse_story(answer).missing


@pytest.mark.parametrize(
    "outcome",
    [
        "the page loaded in under a second",
        "it has been running ever since",
        "thirty people turned up",
        "her fever went down within an hour",
        "people still talk about it",
        "not a single ticket was lost",
    ],
)
def test_what_came_of_it_is_heard_within_the_sentence_of_the_action(outcome: str) -> None:
    told = {
        quote.part: quote.quote
        for quote in analyse_story(f"I rewrote the plan with two colleagues, and {outcome}.").present
    }
    assert told["result"] == f"and {outcome}."


@pytest.mark.parametrize("more", ["and sent them out", "and the invoices of May", "and then called the board"])
def test_a_further_action_is_no_result(more: str) -> None:
    found = analyse_story(f"I sorted all the letters of April by hand {more}.")
    assert [quote.part for quote in found.present] == ["action"]


def test_a_story_without_an_own_action_may_end_well() -> None:
    found = analyse_story("Our lift broke down before an inspection. Luckily it passed the inspection.")
    assert {quote.part for quote in found.present} == {"situation", "result"}
