"""What a model's answer that cannot be used says of itself: the operator reads it in the event of the fallback."""

from __future__ import annotations

from typing import get_args

import pytest

from deployments.agent.model.answer import read_turn
from interview.errors import InvalidModelOutput
from interview.sessions.session import ActionType

ACTIONS: tuple[ActionType, ...] = get_args(ActionType)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        # SmolLM2-135M, temperature 0: it repeats itself until its 160 tokens end
        ('{"action": "new_question", "reasoning": "All o of i t 1 1 1 1 1 1 1 1', "was cut off"),
        ('{"action": "new_question", "reasoning": 4, "utterance": "Go on."}', "the schema at $.reasoning"),
        ("Thank you for that.", "does not match the schema"),
        (None, "returned no text"),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(answer: str | None, said: str) -> None:
    with pytest.raises(InvalidModelOutput) as refused:
        read_turn(answer, ACTIONS)
    assert said in str(refused.value) and "1 1 1" not in str(refused.value)
