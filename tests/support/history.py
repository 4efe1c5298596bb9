"""Checks a history of turns under faults against the event logs, in the manner of Jepsen.

A history is what clients saw: when each call began and ended on one clock, and its reply. Violations are sentences.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from interview.sessions.events import AnswerReceived, Event, ResponseSent


class TurnCall(Struct, frozen=True):
    """One call of a turn; without ``reply`` its outcome is unknown to the client."""

    interview: str
    key: str
    began: int
    ended: int
    reply: bytes | None = None
    turn: int = 0


class ReadCall(Struct, frozen=True):
    """One read of a session: ``turn`` is the last turn that it shows as answered."""

    interview: str
    began: int
    ended: int
    turn: int


def violations(turns: Sequence[TurnCall], reads: Sequence[ReadCall], logs: Mapping[str, Sequence[Event]]) -> list[str]:
    """Every broken promise; empty when the history is sound."""
    known = [turn for turn in turns if turn.reply is not None]
    return [
        *_lost_or_repeated(known, logs),
        *_different_replays(known),
        *_shared_turns(known),
        *_broken_logs(logs),
        *_backward_reads(known, reads),
    ]


def _lost_or_repeated(known: Sequence[TurnCall], logs: Mapping[str, Sequence[Event]]) -> Iterator[str]:
    """An acknowledged answer is in the log once, and so is its reply."""
    for interview, log in logs.items():
        received = Counter(event.data.idempotency_key for event in log if isinstance(event.data, AnswerReceived))
        for key, count in received.items():
            if count > 1:
                yield f"{interview}: the answer {key} was applied {count} times"
        replied = Counter(event.data.turn for event in log if isinstance(event.data, ResponseSent))
        for turn, count in replied.items():
            if count > 1:
                yield f"{interview}: turn {turn} was replied to {count} times"
        for call in known:
            if call.interview == interview and not (received[call.key] and replied[call.turn]):
                yield f"{interview}: the acknowledged answer {call.key} (turn {call.turn}) is missing"


def _different_replays(known: Iterable[TurnCall]) -> Iterator[str]:
    replies: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    for call in known:
        replies[call.interview, call.key].add(call.reply or b"")
    for (interview, key), found in replies.items():
        if len(found) > 1:
            yield f"{interview}: the answer {key} got {len(found)} different replies"


def _shared_turns(known: Iterable[TurnCall]) -> Iterator[str]:
    keys: dict[tuple[str, int], set[str]] = defaultdict(set)
    for call in known:
        keys[call.interview, call.turn].add(call.key)
    for (interview, turn), found in keys.items():
        if len(found) > 1:
            yield f"{interview}: turn {turn} was acknowledged to {', '.join(sorted(found))}"


def _broken_logs(logs: Mapping[str, Sequence[Event]]) -> Iterator[str]:
    for interview, log in logs.items():
        if [event.seq for event in log] != list(range(1, len(log) + 1)):
            yield f"{interview}: the log has gaps or repeats"


def _backward_reads(known: Sequence[TurnCall], reads: Sequence[ReadCall]) -> Iterator[str]:
    """A read shows every turn that was acknowledged, or read, before it began."""
    seen: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for call in (*known, *reads):
        seen[call.interview].append((call.ended, call.turn))
    for read in reads:
        newest = max((turn for ended, turn in seen[read.interview] if ended < read.began), default=0)
        if read.turn < newest:
            yield f"{read.interview}: a read shows turn {read.turn} after turn {newest} was acknowledged"
