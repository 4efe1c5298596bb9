"""The conversation inside a prompt, append-only: what a turn adds stands after everything that was there before.

An engine with a prefix cache computes only the end that changed. When the conversation outgrows its room, the older
part gives way to a summary at once, down to half of the room, so that the start stays the same for many turns again.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.model.untrusted_data import data, fitted, inert, tokens_at_most
from interview.sessions.session import ConversationTurn, Insight
from interview.text.sentences import sentences_of

#: The summary's share of the room; utterances get the rest.
SUMMARY_SHARE = 0.2
#: A longer utterance loses its middle.
UTTERANCE_SHARE = 0.5
#: The share of the utterances' room that is filled after older ones gave way to the summary.
KEPT_SHARE = 0.5

#: The line break between two parts of a prompt.
SEPARATOR_TOKENS = 2

_GIST_CHARS = 160
_EARLIER = "earlier in this interview"


class Transcript(Struct, frozen=True):
    """``parts`` are ``<data>`` elements: the summary of older utterances, if any, then the latest utterances, this
    turn's answer last. ``tokens`` is an upper bound, separators included."""

    parts: tuple[str, ...]
    tokens: int


def transcript(brief: TurnBrief, room: int) -> Transcript:
    """The conversation within ``room`` tokens. Pure.

    For equal ``room``, the parts of a turn begin with those of the turn before, except when the summary grows.
    """
    said = _said(brief)
    summary_room = int(room * SUMMARY_SHARE)
    window = room - summary_room
    shown = [_shown(one, int(window * UTTERANCE_SHARE)) for one in said]
    start = _start([tokens for _, tokens in shown], window)
    summary = _summary(said[:start], brief.state.insights, summary_room)
    parts = [*([summary] if summary else []), *(part for part, _ in shown[start:])]
    tokens = sum(cost for _, cost in shown[start:])
    return Transcript(tuple(parts), tokens + (tokens_at_most(summary) + SEPARATOR_TOKENS if summary else 0))


def _said(brief: TurnBrief) -> list[ConversationTurn]:
    """All utterances in order; the answer of this turn comes last."""
    history = brief.state.conversation_history
    answer = ConversationTurn(role="candidate", content=brief.observation.text, timestamp=brief.now, turn=brief.turn)
    return [*(one for one in history if not (one.role == "candidate" and one.turn == brief.turn)), answer]


def _shown(said: ConversationTurn, most: int) -> tuple[str, int]:
    """The utterance as a ``<data>`` element of at most ``most`` tokens, and an upper bound of its tokens."""
    frame = tokens_at_most(data(said.role, "")) + SEPARATOR_TOKENS
    part = data(said.role, fitted(inert(_words(said)), max(0, most - frame)))
    return part, tokens_at_most(part) + SEPARATOR_TOKENS


def _words(said: ConversationTurn) -> str:
    """An utterance that was interrupted ends with a dash."""
    return f"{said.content} —".lstrip() if said.unheard else said.content


def _start(costs: Sequence[int], window: int) -> int:
    """The index of the first utterance that is shown whole. It moves only when the window overflows, and then far."""
    start, total = 0, 0
    for last, cost in enumerate(costs):
        total += cost
        if total > window:
            while start < last and total > window * KEPT_SHARE:
                total -= costs[start]
                start += 1
    return start


def _summary(older: Sequence[ConversationTurn], insights: Sequence[Insight], budget: int) -> str:
    """A line for each older utterance, the newest kept, then insights of those turns."""
    if not older or budget <= 0:
        return ""
    lines = [f"{one.turn} {one.role}: {_gist(_words(one))}" for one in older]
    # the insight of kind evidence names a key point, which a model must not read
    told = (one for one in insights if one.kind != "evidence" and one.turn <= older[-1].turn)
    noted = [f"{one.turn} noted: {_gist(one.text)}" for one in told]
    budget -= tokens_at_most(data(_EARLIER, "")) + SEPARATOR_TOKENS
    kept: list[str] = []
    for line in reversed([*noted, *lines]):
        shown = inert(line)
        cost = tokens_at_most(shown) + 1
        if cost > budget:
            break
        budget -= cost
        kept.insert(0, shown)
    return data(_EARLIER, "\n".join(kept)) if kept else ""


def _gist(text: str) -> str:
    """One line per utterance: its closing question, or its beginning."""
    sentences = sentences_of(" ".join(text.split()))
    if not sentences:
        return ""
    told = sentences[-1] if sentences[-1].endswith("?") else sentences[0]
    return told if len(told) <= _GIST_CHARS else told[:_GIST_CHARS].rsplit(" ", 1)[0] + " …"
