"""The small rules of the tier: windows, prompts, pieces, guards, scale, the cache, the fakes' clock."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from deployments.agent.config import AgentConfig
from deployments.stt.audio.decode import SAMPLE_RATE
from deployments.stt.audio.vad import Segmentation, Span, cut_into_pieces
from deployments.stt.autoscaling import QUEUED_AUDIO_METRIC, QueuedAudioPolicy
from deployments.stt.confidence import ConfidenceModel, words_in
from deployments.stt.config import FakeTiming, SttConfig
from deployments.stt.contract import Segment
from deployments.stt.engines.fake import ServiceTimes
from deployments.stt.engines.model_profile import ModelProfile, read_profile
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.engines.prompt_tokens import bucketed_prompt, prompt_text
from deployments.stt.engines.window_policy import segmentation_for, window_frames, windows_for
from deployments.stt.guards import check_segment, restarts, silence_guards
from interview.errors import ConfigError
from storage.weights.manifest import catalogue

CONFIG = SttConfig()


# --- windows ---------------------------------------------------------------------------------------------------------


def test_weights_without_measured_windows_get_the_full_window() -> None:
    assert windows_for(CONFIG, ModelProfile()) == (30.0,)


def test_the_operator_may_switch_short_windows_off_or_choose_others() -> None:
    profile = ModelProfile(windows_s=(10.0, 15.0))
    assert windows_for(CONFIG, profile) == (10.0, 15.0, 30.0)
    assert windows_for(SttConfig(window_policy="full"), profile) == (30.0,)
    assert windows_for(SttConfig(windows_s=(20.0, 5.0)), profile) == (5.0, 20.0, 30.0)


@pytest.mark.parametrize(
    ("audio_s", "frames"), [(0.3, 500), (4.5, 500), (4.51, 1000), (9.6, 1500), (14.9, 3000), (30.0, 3000)]
)
def test_the_smallest_window_with_room_for_the_margin_is_taken(audio_s: float, frames: int) -> None:
    assert window_frames(audio_s, (5.0, 10.0, 15.0, 30.0), 0.5) == frames


@pytest.mark.parametrize(
    ("windows_s", "packed_s"),
    [((10.0, 15.0, 30.0), 9.0), ((15.0, 30.0), 9.0), ((20.0, 30.0), None), ((30.0,), None), ((5.0, 30.0), None)],
)
def test_pieces_are_packed_for_a_short_window_only_where_they_fill_half_of_it(
    windows_s: tuple[float, ...], packed_s: float | None
) -> None:
    rules = Segmentation(max_piece_s=19.0, packed_s=9.0)
    found = segmentation_for(windows_s, ModelProfile(segmentation=rules, window_margin_s=1.0))
    assert (found.packed_s, found.max_piece_s) == (packed_s, 19.0)


# --- prompts ---------------------------------------------------------------------------------------------------------


def letters(text: str) -> list[int]:
    return [ord(letter) for letter in text]


@pytest.mark.parametrize("length", range(1, 90))
def test_prompt_lengths_fall_into_few_buckets_and_lose_less_than_one(length: int) -> None:
    tokens = bucketed_prompt(letters, "x" * length, bucket=8, limit=64)
    assert len(tokens) % 8 == 0
    assert 8 <= len(tokens) <= 64
    if 8 <= length + 1 <= 64:
        assert length + 1 - len(tokens) < 8


def test_what_is_cut_from_a_prompt_is_its_beginning() -> None:
    assert bucketed_prompt(letters, "abcdefghi", bucket=8, limit=64) == letters("bcdefghi")


def test_no_prompt_is_no_tokens() -> None:
    assert bucketed_prompt(letters, prompt_text(None, ("", "  ")), bucket=8, limit=64) == []


def test_hotwords_stand_once_each_and_before_the_prompt() -> None:
    assert prompt_text("Tell me.", ("Kafka", " Redis ", "Kafka")) == "Kafka, Redis. Tell me."


# --- pieces ----------------------------------------------------------------------------------------------------------


def seconds(*bounds: float) -> tuple[Span, ...]:
    return tuple(
        Span(int(start * SAMPLE_RATE), int(end * SAMPLE_RATE))
        for start, end in zip(bounds[::2], bounds[1::2], strict=True)
    )


def test_neighbouring_utterances_share_a_window_when_the_model_likes_context() -> None:
    assert cut_into_pieces(seconds(0, 4, 6, 12, 29, 35, 36, 40), Segmentation()) == seconds(0, 12, 29, 40)


def test_a_joined_piece_has_a_limit_of_its_own_that_a_single_utterance_may_pass() -> None:
    rules = Segmentation(max_piece_s=19.0, packed_s=9.0)
    assert cut_into_pieces(seconds(0, 4, 5, 8, 9, 12, 13, 30), rules) == seconds(0, 8, 9, 12, 13, 30)


def test_a_model_of_single_utterances_gets_them_single() -> None:
    speech = seconds(0, 4, 6, 12)
    assert cut_into_pieces(speech, Segmentation(pack=False)) == speech


# --- guards ----------------------------------------------------------------------------------------------------------


def segment(text: str, **figures: float) -> Segment:
    return Segment(0.0, 2.0, text, **{"avg_logprob": -0.1, "no_speech_prob": 0.01, **figures})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heard", "guard", "action"),
    [
        (segment("Hello.", no_speech_prob=0.9, avg_logprob=-1.5), "no_speech", "dropped"),
        (segment("Thanks for watching!"), "phrase", "dropped"),
        (segment("Thank you.", no_speech_prob=0.5), "phrase", "dropped"),
        (segment("Buy now!"), "phrase", "dropped"),
        (segment("la la la", compression_ratio=3.1), "repetition", "dropped"),
        (segment("and then we and then we and then we and then we"), "repetition", "flagged"),
    ],
)
def test_what_whisper_invents_is_caught_and_says_by_which_guard(heard: Segment, guard: str, action: str) -> None:
    tripped = check_segment(heard, SttConfig(blocked_phrases=("buy now",)))
    assert tripped is not None
    assert (tripped.guard, tripped.action, tripped.text) == (guard, action, heard.text)


@pytest.mark.parametrize(
    "heard",
    [
        segment("Thank you."),
        segment("Nine nine nine five five."),
        segment("I was unsure.", no_speech_prob=0.9),
        segment("A quiet mumble.", avg_logprob=-1.5),
        segment("I thanked everybody for watching the demo."),
    ],
)
def test_what_people_say_passes(heard: Segment) -> None:
    assert check_segment(heard, CONFIG) is None


def test_long_silences_are_reported_and_short_ones_are_not() -> None:
    guards = silence_guards(seconds(3, 5, 6, 8), 12.0, at_least_s=2.0)
    assert [(guard.guard, guard.start, guard.end) for guard in guards] == [("vad", 0.0, 3.0), ("vad", 8.0, 12.0)]


# --- scale -----------------------------------------------------------------------------------------------------------


def context(*queued_audio_s: float, target: int = 2) -> SimpleNamespace:
    metrics = {QUEUED_AUDIO_METRIC: dict(enumerate(queued_audio_s))} if queued_audio_s else {}
    return SimpleNamespace(aggregated_metrics=metrics, target_num_replicas=target, capacity_adjusted_min_replicas=1)


def test_replicas_follow_the_audio_in_hand_and_not_the_number_of_requests() -> None:
    policy = QueuedAudioPolicy(target_audio_s=60)
    assert policy(context(150.0, 90.0))[0] == 4
    assert policy(context(0.0, 0.0))[0] == 1


def test_silence_of_the_metrics_changes_nothing() -> None:
    assert QueuedAudioPolicy(60)(context(target=3))[0] == 3


# --- profile, fakes --------------------------------------------------------------------------------------------------


def test_a_wrong_profile_names_its_file(tmp_path: Path) -> None:
    assert read_profile(tmp_path) == ModelProfile()
    (tmp_path / "serving.json").write_text('{"windows_s": "short"}')
    with pytest.raises(ConfigError, match=r"serving\.json"):
        read_profile(tmp_path)


def test_a_batch_too_small_for_one_window_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="max_batch_audio_s"):
        SttConfig(max_batch_audio_s=10)


def test_the_fakes_clock_is_seeded_and_has_the_mean_it_was_given() -> None:
    timing = FakeTiming("lognormal", mean_ms=200, sigma=0.5, seed=4)
    first, second = ServiceTimes(timing), ServiceTimes(timing)
    times = [first.next_s() for _ in range(4000)]
    assert times[:50] == [second.next_s() for _ in range(50)]
    assert np.mean(times) == pytest.approx(0.2, rel=0.05)
    assert ServiceTimes(msgspec.structs.replace(timing, kind="fixed")).next_s() == 0.2
    assert ServiceTimes(FakeTiming()).next_s() == 0.0


# --- confidence ------------------------------------------------------------------------------------------------------


def test_a_calibrated_confidence_separates_clear_speech_from_inventions() -> None:
    profile = resolve_model(SttConfig()).profile.confidence
    clear, invented = profile.confidence(-0.15, 0.02), profile.confidence(-0.75, 0.1)
    assert clear > 0.85
    assert invented < 0.35
    assert 0 <= profile.confidence(-9.0, 1.0) < profile.confidence(-0.5, 0.5) < profile.confidence(0.0, 0.0) <= 1


@pytest.mark.parametrize("model", ["whisper-tiny.en", "whisper-base"])
def test_a_short_right_answer_is_believed_and_a_sentence_as_improbable_is_not(model: str) -> None:
    calibrated = msgspec.convert(catalogue()[model].serving, ModelProfile).confidence
    unsure_below = AgentConfig().unsure_below
    assert calibrated.confidence(-0.5, 0.05, -0.1, words=1) >= unsure_below  # "No."
    assert calibrated.confidence(-0.75, 0.05, -0.1, words=12) < unsure_below
    assert calibrated.confidence(-0.8, 0.9, -0.1, words=words_in(".")) < unsure_below


def test_without_a_calibration_the_confidence_is_the_mean_probability_of_a_token() -> None:
    assert ConfidenceModel().confidence(np.log(0.5), 0.9) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("We were all going direct to Heaven. The other way. We were all going direct to Heaven.", True),
        ("It is faster than looking at each one. It is faster than looking at each one.", True),
        ("It is what it is.", False),
        ("I would measure it, change it, and then I would measure it.", True),  # costs a decode, loses nothing
        ("A hash map gives constant time lookup on average.", False),
        ("", False),
    ],
)
def test_a_text_that_ends_with_its_own_beginning_is_decoded_again(text: str, again: bool) -> None:
    assert restarts(text) is again
