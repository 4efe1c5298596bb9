"""Turn-taking in virtual time: what the candidate does, what may follow, and what must not."""

from __future__ import annotations

import pytest

from interview.plans.questions import AnswerMode, QuestionCard, QuestionType
from interview.turn_taking.brevity import is_brief
from interview.turn_taking.profiles import REASONING, SHORT, STORY, PauseProfile, plain_silence, profile_of, scaled
from interview.turn_taking.silence import SilenceLadder
from interview.turn_taking.turns import (
    Gate,
    Interrupted,
    MayEnd,
    Outcome,
    Paused,
    SpeechStarted,
    TurnEnded,
    TurnResumed,
    Turns,
)

FRAME_MS = 32


class Candidate:
    """Frames of one candidate; the model gives every pause the same ``likelihood``, and the words before each are
    ``unfinished``, or an ``untold`` story, or not."""

    def __init__(
        self,
        profile: PauseProfile = STORY,
        likelihood: float | None = None,
        gate: Gate | None = None,
        *,
        unfinished: bool | None = None,
        untold: bool = False,
    ) -> None:
        self.turns = Turns(profile, gate)
        self.likelihood = likelihood
        self.unfinished = unfinished
        self.untold = untold
        self.at_ms = 0
        self.outcomes: list[Outcome] = []

    def _frames(self, seconds: float, *, speech: bool) -> Candidate:
        end = self.at_ms + round(seconds * 1000)
        while self.at_ms < end:
            self.at_ms += FRAME_MS
            for outcome in self.turns.heard(self.at_ms, FRAME_MS, speech=speech):
                self.outcomes.append(outcome)
                if isinstance(outcome, Paused) and self.likelihood is not None:
                    self.turns.judged(outcome.at_ms, self.likelihood)
                if isinstance(outcome, Paused):
                    self.turns.read(outcome.at_ms, unfinished=self.unfinished, untold=self.untold)
        return self

    def speaks(self, seconds: float) -> Candidate:
        return self._frames(seconds, speech=True)

    def is_silent(self, seconds: float) -> Candidate:
        return self._frames(seconds, speech=False)

    def hears(self) -> Candidate:
        self.turns.interviewer_began(self.at_ms)
        return self

    def begins_to_hear(self) -> Candidate:
        self.turns.interviewer_audible(self.at_ms)
        return self

    def has_answered(self) -> Candidate:
        """The answer ended and was taken; the interviewer prepares the reply."""
        self.speaks(3).is_silent(1.3)
        self.turns.taken()
        self.outcomes.clear()
        return self.hears()

    def has_heard(self) -> Candidate:
        self.outcomes += self.turns.interviewer_ended(self.at_ms)
        return self

    def kinds(self) -> list[type]:
        return [type(outcome) for outcome in self.outcomes if not isinstance(outcome, Paused | MayEnd)]


@pytest.mark.parametrize("profile", [STORY, REASONING], ids=lambda profile: profile.name)
def test_three_seconds_of_thought_do_not_end_an_answer(profile: PauseProfile) -> None:
    candidate = Candidate(profile, likelihood=0.1).speaks(4).is_silent(3).speaks(2).is_silent(3)
    assert candidate.kinds() == [SpeechStarted]


@pytest.mark.parametrize(
    ("profile", "likelihood", "least_s", "most_s"),
    [
        (SHORT, 0.9, 0.5, 0.7),
        (STORY, 0.9, 1.1, 1.3),
        (REASONING, 0.9, 1.9, 2.1),
        (SHORT, 0.1, 1.9, 2.1),
        (STORY, 0.1, 3.9, 4.1),
        (STORY, None, 3.9, 4.1),
        (plain_silence(0.5), 0.1, 0.4, 0.6),
    ],
)
def test_an_answer_ends_after_the_pause_of_its_profile(
    profile: PauseProfile, likelihood: float | None, least_s: float, most_s: float
) -> None:
    candidate = Candidate(profile, likelihood).speaks(3).is_silent(least_s)
    assert candidate.kinds() == [SpeechStarted]
    candidate.is_silent(most_s - least_s)
    assert candidate.kinds() == [SpeechStarted, TurnEnded]
    ended = candidate.outcomes[-1]
    assert isinstance(ended, TurnEnded)
    assert ended.at_ms == pytest.approx(3_000, abs=FRAME_MS)


@pytest.mark.parametrize(
    ("profile", "likelihood", "after_s"),
    [(STORY, 0.9, 0.4), (STORY, 0.1, 1.2), (STORY, None, 1.2), (SHORT, 0.1, 0.6), (plain_silence(1.0), None, 0.4)],
)
def test_a_pause_may_end_the_answer_some_time_before_it_does(
    profile: PauseProfile, likelihood: float | None, after_s: float
) -> None:
    """So that a reply can be prepared: at once when the model thinks so, else when a likely end would be one."""

    def may_end(candidate: Candidate) -> list[int]:
        return [outcome.at_ms for outcome in candidate.outcomes if isinstance(outcome, MayEnd)]

    candidate = Candidate(profile, likelihood).speaks(3)
    assert may_end(candidate.is_silent(after_s - 0.1)) == []
    assert may_end(candidate.is_silent(0.2)) == [pytest.approx(3_000, abs=FRAME_MS)]
    candidate.is_silent(9)
    assert len(may_end(candidate)) == 1
    assert isinstance(candidate.outcomes[-1], TurnEnded)
    assert may_end(candidate)[0] == candidate.outcomes[-1].at_ms


def test_an_unfinished_sentence_is_not_taken_to_have_ended() -> None:
    candidate = Candidate(STORY, 0.1, unfinished=True).speaks(3).is_silent(3)
    assert not any(isinstance(outcome, MayEnd) for outcome in candidate.outcomes)


def test_a_candidate_who_asks_for_time_is_not_taken_to_have_ended() -> None:
    candidate = Candidate(STORY, 0.1).speaks(3).is_silent(0.5)
    paused = candidate.outcomes[-1]
    assert isinstance(paused, Paused)
    candidate.turns.thinks(paused.at_ms)
    assert not any(isinstance(outcome, MayEnd) for outcome in candidate.is_silent(3).outcomes)


@pytest.mark.parametrize(
    ("profile", "likelihood", "unfinished", "least_s", "most_s"),
    [
        (STORY, 0.9, True, 3.9, 4.1),
        (SHORT, 0.9, True, 3.9, 4.1),
        (REASONING, None, True, 7.9, 8.1),
        (STORY, 0.9, False, 1.1, 1.3),
        (STORY, 0.1, False, 2.3, 2.5),
        (SHORT, None, False, 1.1, 1.3),
        (plain_silence(0.5), None, False, 0.4, 0.6),
    ],
)
def test_the_words_before_a_pause_decide_with_its_sound(
    profile: PauseProfile, likelihood: float | None, unfinished: bool, least_s: float, most_s: float
) -> None:
    candidate = Candidate(profile, likelihood, unfinished=unfinished).speaks(3).is_silent(least_s)
    assert candidate.kinds() == [SpeechStarted]
    assert candidate.is_silent(most_s - least_s).kinds() == [SpeechStarted, TurnEnded]


@pytest.mark.parametrize("likelihood", [None, 0.1, 0.9])
def test_a_story_without_its_result_waits_for_the_cap(likelihood: float | None) -> None:
    candidate = Candidate(STORY, likelihood, unfinished=False, untold=True).speaks(3).is_silent(3.9)
    assert candidate.kinds() == [SpeechStarted]
    assert candidate.is_silent(0.2).kinds() == [SpeechStarted, TurnEnded]


def test_a_story_whose_result_is_told_after_a_pause_waits_no_longer() -> None:
    candidate = Candidate(STORY, 0.9, unfinished=False, untold=True).speaks(3).is_silent(2)
    candidate.untold = False
    assert candidate.speaks(2).is_silent(1.3).kinds() == [SpeechStarted, TurnEnded]


def test_the_sound_alone_does_not_end_an_answer_that_is_short_for_its_question() -> None:
    candidate = Candidate(STORY, 0.9).speaks(2).is_silent(0.5)
    paused = candidate.outcomes[-1]
    assert isinstance(paused, MayEnd)
    candidate.turns.read(paused.at_ms, unfinished=False, brief=True)
    assert candidate.is_silent(1.8).kinds() == [SpeechStarted]
    assert candidate.is_silent(0.2).kinds() == [SpeechStarted, TurnEnded]


@pytest.mark.parametrize(
    ("words", "brief"),
    [
        ("We had no monitoring at all.", True),
        ("The two services shared one database. That made every migration a risk.", False),
        ("Could you repeat the question?", False),
        ("Skip.", False),
    ],
)
def test_an_answer_of_few_words_is_brief_and_a_request_is_not(words: str, brief: bool) -> None:
    assert is_brief(words, "en") == brief


def test_words_of_an_earlier_pause_have_no_effect() -> None:
    candidate = Candidate(STORY, likelihood=0.9).speaks(2).is_silent(0.5)
    earlier = next(outcome for outcome in candidate.outcomes if isinstance(outcome, Paused))
    candidate.speaks(1).is_silent(0.5)
    candidate.turns.read(earlier.at_ms, unfinished=True)
    assert candidate.is_silent(1).kinds() == [SpeechStarted, TurnEnded]


def test_a_judgement_of_an_earlier_pause_has_no_effect() -> None:
    candidate = Candidate(STORY).speaks(2).is_silent(0.5)
    earlier = candidate.outcomes[-1]
    assert isinstance(earlier, Paused)
    candidate.speaks(1).is_silent(0.5)
    candidate.turns.judged(earlier.at_ms, 0.99)
    assert candidate.is_silent(2).kinds() == [SpeechStarted]


def test_a_click_is_no_beginning() -> None:
    assert Candidate().speaks(0.06).is_silent(5).outcomes == []


def test_an_answer_that_was_ended_too_early_goes_on() -> None:
    candidate = Candidate(STORY, likelihood=0.9).speaks(3).is_silent(1.3).speaks(2).is_silent(1.3)
    assert candidate.kinds() == [SpeechStarted, TurnEnded, TurnResumed, TurnEnded]


def test_once_taken_the_next_speech_is_another_answer() -> None:
    candidate = Candidate(STORY, likelihood=0.9).speaks(3).is_silent(1.3)
    candidate.turns.taken()
    assert candidate.speaks(1).kinds() == [SpeechStarted, TurnEnded, SpeechStarted]


@pytest.mark.parametrize("seconds", [0.2, 0.35, 0.5], ids=["cough", "long-cough", "mm-hm"])
def test_a_short_sound_does_not_interrupt(seconds: float) -> None:
    candidate = Candidate().hears().is_silent(4).speaks(seconds).is_silent(1).speaks(seconds).is_silent(3)
    assert candidate.has_heard().outcomes == []


def test_speech_that_lasts_interrupts_and_is_an_answer_from_its_beginning() -> None:
    candidate = Candidate().hears().is_silent(4).speaks(1.5)
    assert candidate.kinds() == [Interrupted, SpeechStarted]
    interrupted, started = candidate.outcomes
    assert isinstance(interrupted, Interrupted)
    assert isinstance(started, SpeechStarted)
    assert interrupted.at_ms == started.at_ms == pytest.approx(4_000, abs=FRAME_MS)


def test_the_interruption_comes_within_200_ms_of_the_gate() -> None:
    candidate = Candidate().hears().is_silent(4)
    assert candidate.speaks(0.7).outcomes == []
    assert candidate.speaks(0.3).kinds() == [Interrupted, SpeechStarted]


def test_echo_of_the_first_words_does_not_interrupt() -> None:
    assert Candidate().hears().speaks(2.8).outcomes == []


def test_speech_that_outlasts_the_interviewers_is_an_answer_from_its_beginning() -> None:
    candidate = Candidate().hears().is_silent(4).speaks(0.5).has_heard().speaks(1)
    assert candidate.outcomes == [SpeechStarted(4_000)]


def test_speech_before_the_reply_is_heard_withdraws_it_and_goes_on() -> None:
    candidate = Candidate(STORY, likelihood=0.9).has_answered().is_silent(0.5).speaks(0.3)
    assert candidate.kinds() == [Interrupted, SpeechStarted]
    interrupted = candidate.outcomes[0]
    assert isinstance(interrupted, Interrupted)
    assert interrupted.goes_on


def test_speech_that_began_before_the_reply_was_heard_withdraws_it() -> None:
    candidate = Candidate(STORY, likelihood=0.9).has_answered().is_silent(0.5).speaks(0.12).begins_to_hear()
    assert candidate.outcomes == []
    assert candidate.speaks(0.12).kinds() == [Interrupted, SpeechStarted]


def test_a_reply_that_is_heard_is_interrupted_by_speech_that_lasts() -> None:
    candidate = Candidate(STORY, likelihood=0.9, gate=Gate(warm_up_ms=0)).has_answered().is_silent(0.5)
    assert candidate.begins_to_hear().speaks(0.5).outcomes == []
    assert candidate.speaks(0.4).kinds() == [Interrupted, SpeechStarted]
    assert isinstance(candidate.outcomes[0], Interrupted)
    assert candidate.outcomes[0].goes_on, "it began 0.6 s after the end of the answer"


def test_speech_long_after_the_end_of_the_answer_does_not_go_on_with_it() -> None:
    candidate = Candidate(STORY, likelihood=0.9, gate=Gate(warm_up_ms=0)).has_answered().begins_to_hear()
    candidate.is_silent(2).speaks(1)
    assert candidate.kinds() == [Interrupted, SpeechStarted]
    assert isinstance(candidate.outcomes[0], Interrupted)
    assert not candidate.outcomes[0].goes_on


@pytest.mark.parametrize("gate", [Gate(enabled=False), Gate()], ids=["switched-off", "no-answer-before"])
def test_nothing_withdraws_a_line_that_replies_to_no_answer_or_may_not_be_interrupted(gate: Gate) -> None:
    candidate = Candidate(STORY, likelihood=0.9, gate=gate)
    candidate = candidate.hears() if gate.enabled else candidate.has_answered()
    assert candidate.is_silent(0.2).speaks(0.5).outcomes == []


def test_a_sound_without_words_holds_a_reply_up_for_the_shortest_wait() -> None:
    candidate = Candidate(STORY, likelihood=0.9).has_answered().is_silent(0.2)
    candidate.likelihood = 0.1
    candidate.speaks(0.3).is_silent(0.5)
    paused = candidate.outcomes[-1]
    assert isinstance(paused, Paused)
    candidate.turns.read_nothing(paused.at_ms)
    assert candidate.is_silent(0.8).kinds() == [Interrupted, SpeechStarted, TurnEnded]


def test_a_client_may_switch_interruptions_off() -> None:
    candidate = Candidate(gate=Gate(enabled=False)).hears().is_silent(4).speaks(5)
    assert candidate.outcomes == []
    assert candidate.has_heard().kinds() == [SpeechStarted]


def card(mode: AnswerMode, kind: QuestionType) -> QuestionCard:
    return QuestionCard("q", kind, "?", mode, "skill")


@pytest.mark.parametrize(
    ("question", "profile"),
    [
        (None, STORY),
        (card("choice", "technical"), SHORT),
        (card("number", "technical"), SHORT),
        (card("formula", "technical"), REASONING),
        (card("spoken", "technical"), REASONING),
        (card("spoken", "behavioral"), STORY),
        (card("spoken", "opener"), STORY),
    ],
)
def test_the_type_of_the_question_decides_how_long_a_pause_may_be(
    question: QuestionCard | None, profile: PauseProfile
) -> None:
    assert profile_of(question) == profile


def test_a_less_eager_interviewer_waits_longer() -> None:
    low, auto, high = (scaled(STORY, eagerness) for eagerness in ("low", "auto", "high"))
    assert high.cap_s < auto.cap_s < low.cap_s
    assert auto == STORY


def test_the_silence_ladder_offers_help_and_then_nothing_more() -> None:
    ladder = SilenceLadder()
    ladder.quiet_from(0.0)
    offers = [(second, offer) for second in range(600) if (offer := ladder.due(float(second))) is not None]
    assert offers == [(8, "take_your_time"), (20, "nudge"), (45, "repeat_or_skip"), (90, "pause")]


def test_speech_breaks_the_silence_and_time_to_think_doubles_it() -> None:
    ladder = SilenceLadder()
    ladder.quiet_from(0.0)
    ladder.broken()
    assert ladder.due(100.0) is None
    ladder.quiet_from(100.0, thinking=True)
    assert ladder.due(115.0) is None
    assert ladder.due(116.0) == "take_your_time"
