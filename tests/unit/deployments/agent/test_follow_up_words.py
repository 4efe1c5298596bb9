"""The words of a follow-up that the candidate's card shows, apart from what is said before them."""

from __future__ import annotations

import pytest

from deployments.agent.brief.interviewer import Decision
from deployments.agent.turn.follow_up_words import follow_up_words
from interview.sessions.session import ActionType, AgentAction


def decision(text: str, action: ActionType = "ask_followup", follow_up: str = "") -> Decision:
    return Decision(
        AgentAction(action_type=action, reasoning="", next_phase="technical"), text, source="model", follow_up=follow_up
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Thank you. What metrics are you measured on?", "What metrics are you measured on?"),
        ("Got it, thanks. You mentioned a cache. Which keys expire first?", "Which keys expire first?"),
        (
            "Thanks. You keep the keys in Redis. How long do you keep them?",
            "You keep the keys in Redis. How long do you keep them?",
        ),
        ("Thank you. Why is that?", "Why is that?"),
        ("You chose a queue over a table. Why?", ""),
        (
            "Danke. Sie nutzen einen Index. Wie wirkt er sich aufs Schreiben aus?",
            "Wie wirkt er sich aufs Schreiben aus?",
        ),
        ("Which keys expire first?", ""),
        ("Please say more about the cache.", ""),
    ],
)
def test_a_models_follow_up_is_shown_from_its_question_on(text: str, shown: str) -> None:
    assert follow_up_words(decision(text), None) == shown


def test_the_plans_own_words_are_shown_whole() -> None:
    planned = "Suppose the queue is full. What happens then?"
    said = decision(f"Thank you for that. {planned}")
    assert follow_up_words(said, planned) == planned
    assert follow_up_words(decision(said.text, follow_up=planned), None) == planned


def test_words_that_a_rule_took_out_of_the_reply_are_not_shown() -> None:
    assert follow_up_words(decision("Thanks. What did it cost the team?", follow_up="And why?"), "And why?") == (
        "What did it cost the team?"
    )


def test_no_other_reply_has_a_follow_up() -> None:
    assert follow_up_words(decision("Shall I say it again?", "clarify"), "Shall I say it again?") == ""
