"""How much of the interviewer's words a candidate heard before they interrupted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from interview.plans.questions import Question
from interview.sessions.events import Event, ResponseHeard, ResponseSent
from interview.sessions.session import AskedQuestion, ConversationTurn, SessionState

_WORD = re.compile(r"\S+")


def heard_part(whole: str, captions: str) -> str:
    """The beginning of ``whole`` with as many words as ``captions``, the words that were played of it."""
    count = len(captions.split())
    ends = [word.end() for word in _WORD.finditer(whole)][:count]
    return whole[: ends[-1]] if ends else ""


def last_said(state: SessionState) -> ConversationTurn | None:
    """The interviewer's last utterance."""
    return next((said for said in reversed(state.conversation_history) if said.role == "interviewer"), None)


def replies_by_turn(state: SessionState) -> dict[int, ConversationTurn]:
    """The reply to each turn's answer: the interviewer's first utterance of the turn. A hint and the words after a
    pause follow in the same turn."""
    replies: dict[int, ConversationTurn] = {}
    for said in state.conversation_history:
        if said.role == "interviewer":
            replies.setdefault(said.turn, said)
    return replies


def heard_from(state: SessionState, asked: AskedQuestion, question: Question) -> int | None:
    """The turn in whose reply the candidate heard ``question`` first, to more than half of its words.

    None: every reply that put it was interrupted before that, so nothing that was said since answers it.
    """
    if not any(said.unheard for said in state.conversation_history):
        return asked.turn
    wordings = [wording for wording in (question.prompt, question.rephrased) if wording]
    was_put = False
    for said in state.conversation_history:
        if said.role != "interviewer" or said.turn < asked.turn:
            continue
        for wording in wordings:
            at = said.whole.find(wording)
            if at < 0:
                continue
            was_put = True
            if not said.unheard or len(said.content) > at + len(wording) / 2:
                return said.turn
    return None if was_put else asked.turn


def follow_ups_heard(state: SessionState, asked: AskedQuestion) -> int:
    """The follow-ups of ``asked``, without the last one if it was interrupted before half of it was heard and was not
    repeated since. Once for each question: a candidate may interrupt every follow-up."""
    put = replies_by_turn(state).get(asked.follow_up_turn) if asked.follow_ups else None
    if put is None or _mostly_heard(put):
        return asked.follow_ups
    ending = put.whole[len(put.whole) // 2 :]  # a repetition begins with other words
    for said in state.conversation_history:
        if said.role != "interviewer" or said.turn <= asked.turn or said.question_id != asked.question_id:
            continue
        if said.turn < put.turn and not _mostly_heard(said):
            return asked.follow_ups
        if said.turn > put.turn and _mostly_heard(said) and said.whole.endswith(ending):
            return asked.follow_ups
    return asked.follow_ups - 1


def _mostly_heard(said: ConversationTurn) -> bool:
    return len(said.content) > len(said.whole) / 2


def as_heard(events: Iterable[Event]) -> list[Event]:
    """``events`` with the text of each interrupted reply cut to what was heard of it."""
    log: Sequence[Event] = tuple(events)
    heard: dict[int, str] = {}
    last = 0
    for event in log:
        match event.data:
            case ResponseSent():
                last = event.seq
            case ResponseHeard(text=text):
                heard[last] = text
            case _:
                pass
    return [
        replace(event, data=replace(event.data, text=heard[event.seq]))
        if isinstance(event.data, ResponseSent) and event.seq in heard
        else event
        for event in log
    ]
