"""A sentence of the summary stands on quotes that are there, or it is dropped."""

from __future__ import annotations

import pytest

from interview.sessions.synthesis import BackedSentence, backed

ANSWERS = {
    2: "I led the migration to Postgres. It took  four months, and no order was lost.",
    5: "We cut the bill by 30 percent, and I wrote the plan for it. I have no idea how indexes work.",
    7: "Ann led the migration to Postgres before me.",
}
RESUME = "2021 to today: Freight Co, database engineer.\nLed the migration to Postgres in two months."


def sentence(**changes: object) -> BackedSentence:
    fields = {"kind": "strength", "text": "Led a migration.", "quote": "I led the migration to Postgres", "turn": 2}
    return BackedSentence(**{**fields, **changes})  # type: ignore[arg-type]  # fields by name


def test_a_quote_is_kept_as_it_was_said() -> None:
    found = backed(sentence(quote='"i led the  MIGRATION to postgres."'), ANSWERS, "")
    assert found is not None
    assert found.quote == "I led the migration to Postgres"
    assert found.turn == 2


def test_a_quote_of_another_turn_names_that_turn() -> None:
    found = backed(sentence(text="Wrote a plan.", quote="I wrote the plan", turn=2), ANSWERS, "")
    assert found is not None
    assert found.turn == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"quote": "I led the migration to MySQL"},
        {"quote": "led the migra"},
        {"quote": "I led"},
        {"quote": ""},
        {"quote": "Led the migration to Postgres in two months"},  # the résumé's words, not the candidate's
        {"text": ""},
        {"text": "x" * 301},
        {"text": "Cut the bill by 40 percent.", "quote": "We cut the bill by 30 percent", "turn": 5},
        {"kind": "contradiction"},
        {"kind": "contradiction", "resume_quote": "Led the migration in a week"},
        {"resume_quote": "not in the résumé at all"},
        {"kind": "contradiction", "resume_quote": "Freight Co, database engineer", "text": "Led no engineer."},
        {"kind": "contradiction", "resume_quote": "Led the migration to Postgres in two months", "text": "I led it."},
        {"text": "I led a migration."},
        {"text": "He led my migration."},
        {"text": "led the migration to Postgres"},  # a copy of the quote
        {
            "text": "The candidate led the migration to Postgres",
            "quote": "Ann led the migration to Postgres",
            "turn": 7,
        },
        {"text": "Bakes bread every morning."},
        {"text": "Knows how indexes work.", "quote": "I have no idea how indexes work", "turn": 5},
        {
            "kind": "achievement",
            "text": "Found how indexes work.",
            "quote": "I have no idea how indexes work",
            "turn": 5,
        },
    ],
)
def test_a_sentence_without_backing_is_dropped(changes: dict[str, object]) -> None:
    assert backed(sentence(**changes), ANSWERS, RESUME) is None


def test_a_contradiction_needs_both_sides() -> None:
    both = sentence(
        kind="contradiction",
        text="Says four months; the résumé says two.",
        quote="It took four months",
        resume_quote="led the migration to postgres in two months",
    )
    found = backed(both, ANSWERS, RESUME)
    assert found is not None
    assert found.quote == "It took four months"
    assert found.resume_quote == "Led the migration to Postgres in two months"


def test_a_number_of_the_quote_may_stand_in_the_sentence() -> None:
    found = backed(sentence(text="Cut cost by 30 percent.", quote="We cut the bill by 30 percent", turn=5), ANSWERS, "")
    assert found is not None


def test_what_a_person_does_not_know_is_a_gap() -> None:
    fields = {"kind": "gap", "text": "Does not know how indexes work.", "quote": "I have no idea how indexes work"}
    assert backed(sentence(**fields, turn=5), ANSWERS, "") is not None


def test_a_gap_may_use_the_words_of_what_the_answer_lacks() -> None:
    gap = sentence(kind="gap", text="Did not say that 2 clients wait for each other.")
    assert backed(gap, ANSWERS, "") is None
    assert backed(gap, ANSWERS, "", "2 clients wait for each other") is not None


def test_the_candidates_own_words_may_be_quoted_in_a_sentence() -> None:
    assert backed(sentence(text="Says of the migration: “I led it”."), ANSWERS, "") is not None


def test_what_the_candidate_says_of_i_may_be_told_in_the_same_words() -> None:
    assert backed(sentence(text="The candidate led the migration to Postgres."), ANSWERS, "") is not None
