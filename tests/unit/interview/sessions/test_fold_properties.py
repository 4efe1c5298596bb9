"""For every event log, replay is exact, incremental and strict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview.errors import InternalError
from interview.grades import CriterionGrade, Evidence, Grade
from interview.plans.plan import Phase, PlanRef
from interview.plans.questions import AnswerMode, QuestionCard, QuestionType, ShownOption
from interview.sessions import events as ev
from interview.sessions.fold import apply, fold
from interview.sessions.session import ActionType, AgentAction, AudioRef, Candidate, Consent, Insight, SessionState
from interview.sessions.settings import SessionSettings, Thresholds
from interview.sessions.synthesis import BackedSentence

texts = st.text(max_size=20)
unit = st.floats(0, 1)
thetas = st.floats(-4, 4)
turns = st.integers(0, 5)
question_ids = st.sampled_from(["q1", "q2", "q3"])
phases = st.sampled_from(get_args(Phase))
question_types = st.sampled_from(get_args(QuestionType))
times = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
data = st.dictionaries(texts, json_values, max_size=2)

plans = st.builds(PlanRef, id=texts, version=texts, digest=texts, title=texts, chosen_because=texts)
actions = st.builds(
    AgentAction,
    action_type=st.sampled_from(get_args(ActionType)),
    reasoning=texts,
    next_phase=phases,
    topic=texts,
)
audio = st.builds(AudioRef, url=texts, content_type=texts, size_bytes=turns, sha256=texts, duration_s=st.floats(0, 600))
cards = st.builds(
    QuestionCard,
    question_id=question_ids,
    question_type=question_types,
    prompt=texts,
    answer_mode=st.sampled_from(get_args(AnswerMode)),
    skill=texts,
    options=st.lists(st.builds(ShownOption, id=texts, text=texts), max_size=2).map(tuple),
)
grades = st.builds(
    Grade,
    score=unit,
    level=texts,
    confidence=unit,
    rationale=texts,
    grader=texts,
    evidence=st.lists(st.builds(Evidence, quote=texts, start=turns, end=turns), max_size=2).map(tuple),
    needs_review=st.booleans(),
    criteria=st.lists(st.builds(CriterionGrade, criterion=texts, level=turns, score=unit), max_size=2).map(tuple),
)
insights = st.builds(Insight, text=texts, turn=turns, kind=texts, quote=texts)

starts = st.builds(
    ev.SessionStarted,
    interview_id=texts,
    tenant=texts,
    plan=plans,
    phase=phases,
    language=texts,
    candidate=st.builds(Candidate, name=texts, reference=texts),
    consent=st.builds(Consent, given=st.booleans(), text_sha256=texts),
    documents=st.dictionaries(texts, texts, max_size=2),
    settings=st.builds(
        SessionSettings,
        seed=turns,
        voice=st.booleans(),
        resume_years=st.dictionaries(texts, turns, max_size=2),
        policies=texts,
        prompts=st.dictionaries(texts, texts, max_size=2),
        thresholds=st.builds(Thresholds, unsure_below=st.none() | unit, review_below=st.none() | unit),
    ),
)
later: list[st.SearchStrategy[ev.AnyPayload]] = [
    st.builds(
        ev.AnswerReceived,
        turn=turns,
        idempotency_key=texts,
        question_id=st.none() | question_ids,
        text=texts,
        recording=st.none() | audio,
    ),
    st.builds(ev.AnswerReceived, turn=turns, idempotency_key=texts, audio=audio, signals=data),
    st.builds(
        ev.AnswerTranscribed,
        turn=turns,
        text=texts,
        confidence=unit,
        duration_s=st.floats(0, 600),
        language=texts,
        engine=data,
        segments=st.lists(data, max_size=2).map(tuple),
    ),
    st.builds(ev.PlanMade, turn=turns, action=actions, source=texts, question_id=st.none() | texts, output=data),
    st.builds(ev.ToolCalled, turn=turns, call_id=texts, tool=texts, arguments=data),
    st.builds(ev.ToolReturned, turn=turns, call_id=texts, tool=texts, result=data, error=st.none() | data),
    st.builds(ev.GradeRecorded, turn=turns, question_id=question_ids, grade=grades, source=texts, author=texts),
    st.builds(
        ev.DifficultyUpdated,
        turn=turns,
        skill=st.sampled_from(["python", "sql"]),
        theta=thetas,
        standard_error=unit,
        items=turns,
        next_b=thetas,
    ),
    st.builds(ev.GuardrailTripped, turn=turns, rule=texts, action=texts, detail=texts),
    st.builds(ev.FallbackEntered, turn=turns, tier=texts, to=texts, reason=texts),
    st.builds(
        ev.ResponseSent,
        turn=turns,
        text=texts,
        action=actions,
        phase=phases,
        should_continue=st.booleans(),
        audio_url=st.none() | texts,
        question=st.none() | cards,
        core=st.booleans(),
        hint=st.none() | turns,
        skipped=st.booleans(),
        form_asked=st.booleans(),
        stage_ms=st.dictionaries(texts, st.floats(0, 1e6), max_size=2),
    ),
    st.builds(ev.ResponseHeard, turn=turns, text=texts),
    st.builds(ev.CandidateAsked, turn=turns, topic=texts, text=texts, answered_from=texts, for_a_person=st.booleans()),
    st.builds(ev.QuestionReopened, turn=turns, question_id=question_ids),
    st.builds(
        ev.ReflectionNoted,
        turn=turns,
        topics=st.lists(st.sampled_from(["indexes", "caching", "queues"]), max_size=3).map(tuple),
        insights=st.lists(insights, max_size=2).map(tuple),
        summary=st.none() | texts,
    ),
    st.builds(ev.HelpOffered, turn=turns, offer=texts, text=texts),
    st.builds(ev.IntegrityNoted, turn=turns, signal=texts, data=data),
    st.builds(ev.TimeGranted, turn=turns, extra_s=st.floats(0, 7200), author=texts, reason=texts),
    st.builds(ev.SessionPaused, turn=turns, reason=texts, by=st.sampled_from(["policy", "candidate"])),
    st.builds(ev.SessionResumed, turn=turns, reason=texts),
    st.builds(ev.SessionConcluded, turn=turns, by=st.sampled_from(["plan", "expiry", "operator"]), reason=texts),
    st.builds(
        ev.SynthesisWritten,
        sentences=st.lists(
            st.builds(BackedSentence, kind=st.just("gap"), text=texts, quote=texts, turn=turns), max_size=2
        ).map(tuple),
        dropped=turns,
        prompt=texts,
    ),
    st.builds(ev.ReportReady, url=texts, provisional=st.booleans()),
    st.builds(ev.Unrecognised, kind=st.sampled_from(["answer.weighed", "unrecognised", ""]), fields=data),
]


@st.composite
def logs(draw: st.DrawFn, min_size: int = 1) -> list[ev.Event]:
    """An event log of any shape: the fold must hold for unforeseen logs, too."""
    rest = draw(st.lists(st.one_of(later), min_size=min_size - 1, max_size=14))
    payloads: list[ev.AnyPayload] = [draw(starts), *rest]
    return [ev.Event(seq=seq, time=draw(times), data=payload) for seq, payload in enumerate(payloads, start=1)]


modest = settings(max_examples=60, deadline=None, database=None)


def test_the_strategies_cover_every_kind_of_event() -> None:
    assert len(later) - 1 == len(get_args(ev.AnyPayload)) - 1, "a new event needs a strategy here"


@modest
@given(logs())
def test_an_event_survives_the_wire_exactly(log: list[ev.Event]) -> None:
    for event in log:
        raw = ev.encode_event(event)
        assert b"\n" not in raw
        assert ev.decode_event(raw) == event
        assert ev.encode_event(ev.decode_event(raw)) == raw


@modest
@given(logs())
def test_replaying_the_stored_log_gives_exactly_the_live_state(log: list[ev.Event]) -> None:
    live = fold(log)
    assert fold(ev.decode_event(ev.encode_event(event)) for event in log) == live
    assert fold(log) == live


@modest
@given(logs())
def test_a_snapshot_survives_the_store_and_the_archive_exactly(log: list[ev.Event]) -> None:
    state = fold(log)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SessionState) == state
    assert msgspec.json.decode(msgspec.json.encode(state), type=SessionState) == state


@modest
@given(logs(), st.data())
def test_folding_on_from_any_snapshot_gives_the_same_state(log: list[ev.Event], choice: Any) -> None:
    cut = choice.draw(st.integers(1, len(log)))
    snapshot = msgspec.msgpack.decode(msgspec.msgpack.encode(fold(log[:cut])), type=SessionState)
    assert fold(log[cut:], snapshot) == fold(log)


@modest
@given(logs())
def test_applying_never_changes_the_state_it_is_given(log: list[ev.Event]) -> None:
    state: SessionState | None = None
    for event in log:
        before = msgspec.msgpack.encode(state)
        following = apply(state, event)
        assert msgspec.msgpack.encode(state) == before
        state = following


@modest
@given(logs())
def test_the_version_is_the_length_and_the_clock_is_the_last_events(log: list[ev.Event]) -> None:
    state = fold(log)
    assert state.version == len(log)
    assert state.last_updated == log[-1].time
    assert state.started_at == log[0].time


@modest
@given(logs(min_size=2), st.data())
def test_a_log_with_a_hole_a_double_or_a_swap_is_refused(log: list[ev.Event], choice: Any) -> None:
    place = choice.draw(st.integers(0, len(log) - 2))
    hole = [*log[:place], *log[place + 1 :]]
    double = [*log[: place + 1], log[place], *log[place + 1 :]]
    swap = [*log[:place], log[place + 1], log[place], *log[place + 2 :]]
    for damaged in (hole, double, swap):
        with pytest.raises(InternalError):
            fold(damaged)


@modest
@given(logs(), starts)
def test_a_session_starts_once_and_first(log: list[ev.Event], start: ev.SessionStarted) -> None:
    with pytest.raises(InternalError, match="start twice"):
        apply(fold(log), ev.Event(seq=len(log) + 1, time=log[0].time, data=start))
    for event in log[1:]:
        with pytest.raises(InternalError, match="begins with"):
            fold([ev.Event(seq=1, time=event.time, data=event.data)])


def test_an_empty_log_is_no_session() -> None:
    with pytest.raises(InternalError, match="empty"):
        fold([])


@modest
@given(logs())
def test_nothing_said_or_asked_is_ever_taken_back(log: list[ev.Event]) -> None:
    state = fold(log[:1])
    for event in log[1:]:
        following = apply(state, event)
        # what was heard of an utterance may be cut; `whole` keeps what was said
        before = [(said.role, said.turn, said.whole) for said in state.conversation_history]
        after = [(said.role, said.turn, said.whole) for said in following.conversation_history]
        assert after[: len(before)] == before
        asked = [question.question_id for question in state.questions_asked]
        still = [question.question_id for question in following.questions_asked]
        # a question that is put again, or reopened, becomes the last one
        assert [name for name in still if name in asked and name != still[-1]] == [
            name for name in asked if name != still[-1]
        ]
        assert following.insights[: len(state.insights)] == state.insights
        assert following.topics_covered[: len(state.topics_covered)] == state.topics_covered
        assert following.turn_number >= state.turn_number
        assert following.hints_used >= state.hints_used
        state = following


@modest
@given(logs())
def test_each_question_has_one_standing_grade_and_it_is_the_last(log: list[ev.Event]) -> None:
    last = {event.data.question_id: event.data.grade for event in log if isinstance(event.data, ev.GradeRecorded)}
    standing = [(record.question_id, record.grade) for record in fold(log).grades]
    assert len(standing) == len(last)
    assert dict(standing) == last


@modest
@given(logs())
def test_topics_are_counted_once(log: list[ev.Event]) -> None:
    topics = fold(log).topics_covered
    assert len(topics) == len(set(topics))


@modest
@given(logs())
def test_a_conclusion_leaves_nothing_pending(log: list[ev.Event]) -> None:
    end = ev.SessionConcluded(turn=1, by="plan", reason="done")
    state = apply(fold(log), ev.Event(seq=len(log) + 1, time=log[-1].time, data=end))
    assert (state.status, state.pending_action, state.pending_answer) == ("concluded", None, None)


def test_settings_of_older_events_decode() -> None:
    """As recorded by releases whose settings were a dict, with a key that no release reads any more."""
    raw = (
        b'{"seq":1,"time":"2026-11-01T09:00:00Z","type":"session.started","data":{"interview_id":"i","tenant":"t",'
        b'"plan":{"id":"p","version":"1","digest":"0"},"phase":"intro","settings":{"seed":7,"voice":false,'
        b'"resume_years":{"go":5},"policies":"abc","thresholds":{"unsure_below":0.4},"prompts":{"interviewer":"1@d"},'
        b'"engines":{"stt":"x"}}}}'
    )
    settings = fold([ev.decode_event(raw)]).settings
    assert settings == SessionSettings(
        seed=7,
        voice=False,
        resume_years={"go": 5},
        policies="abc",
        prompts={"interviewer": "1@d"},
        thresholds=Thresholds(unsure_below=0.4),
    )
