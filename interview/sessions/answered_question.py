"""Which question an answer answers: a client that names it is protected from a question that it has not shown."""

from __future__ import annotations

from interview.errors import QuestionNotCurrent
from interview.sessions.session import SessionState


def check_current(state: SessionState, question_id: str | None, turn_number: int | None) -> None:
    """Compare the question and the reply that a client named with the current ones; None is not compared.

    ``turn_number`` is the last reply's that the candidate has seen, so that a follow-up to the same question counts as
    another one.

    Raises:

        QuestionNotCurrent: the interview has gone on, in another tab or on another device.
    """
    asked = state.current_question
    current = asked.question_id if asked is not None else None
    if question_id in (None, current) and turn_number in (None, state.turn_number):
        return
    raise QuestionNotCurrent(
        "This is not for the interview's current question, which another window or device has changed. "
        "Nothing was recorded. Read the interview's state, show its question, and answer that with a new key.",
        detail={"current": {"question_id": current, "turn_number": state.turn_number}},
    )
