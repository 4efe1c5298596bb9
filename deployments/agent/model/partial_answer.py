"""Parses a model's answer while it streams and finds the finished sentences of its utterance."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace
from pydantic_core import from_json

from deployments.agent.model.answer import ModelTurn
from interview.sessions.session import ActionType
from interview.text.sentences import growing_sentences
from interview.text.visible_text import visible

#: Marks the end of the text so far: the sentence before it has ended, or it has not.
_NEXT_WORD = "x"


class GrowingTurn:
    """Incremental parser for the JSON of a ``ModelTurn``, in pieces of any size.

    It relies on the schema's order, in which the utterance comes last. An answer in another order, off the schema, or
    with an action that is not open yields nothing here and is judged once it is complete.
    """

    def __init__(self, actions: Sequence[ActionType]) -> None:
        self._actions = actions
        self._ended = 0
        self.text = ""

    def add(self, piece: str) -> list[ModelTurn]:
        """For each sentence that ``piece`` completes: the turn as if the utterance ended there."""
        self.text += piece
        turn = self._so_far()
        if turn is None:
            return []
        ended = ended_sentences(turn.utterance)
        grown = [replace(turn, utterance=" ".join(ended[:count])) for count in range(self._ended + 1, len(ended) + 1)]
        self._ended = max(self._ended, len(ended))
        return grown

    def _so_far(self) -> ModelTurn | None:
        try:
            fields = from_json(self.text.encode(), allow_partial="trailing-strings")
            # Only the last member of an unfinished object can itself be unfinished.
            if not isinstance(fields, dict) or next(reversed(fields), "") != "utterance":
                return None
            turn = msgspec.convert(fields, ModelTurn)
        except ValueError:
            return None
        return turn if turn.action in self._actions else None


def ended_sentences(text: str) -> list[str]:
    """The sentences of an unfinished ``text`` that no continuation can change; spaces and hidden characters as in
    ``model_turn.decision_of``. Pure."""
    return growing_sentences(" ".join((visible(text) + _NEXT_WORD).split()))[:-1]
