"""The output of the demo: the engines that serve, links that lead to files, recordings of a person."""

from __future__ import annotations

import io
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from rich.console import Console

from deployments.tts.audio.encode import encode_audio
from interview.errors import ConfigError, ModelMissing
from interview_client import Reply, Step, Transcript
from interview_client.results import Action
from serve.demo.answering import RecordedPerson
from serve.demo.run import Tally, with_relative_links
from serve.demo.screen import LiveScreen
from serve.demo.word_errors import word_errors
from storage.weights.resolve import resolve_weights

QUESTIONS = ("be-deadlock", "be-opener")
TONE = np.zeros(2_400, np.int16)


def test_the_screen_names_the_engine_of_each_tier_as_status_has_it() -> None:
    shown = io.StringIO()
    LiveScreen(Console(file=shown, width=200)).engines(
        {
            "stt": {"ok": True, "detail": {"name": "faster-whisper", "model": "whisper-tiny.en"}},
            "tts": {"ok": True, "detail": {"name": "espeak-ng 1.52.0", "notice": "robotic"}},
            "llm": {"ok": True, "detail": {"engine": "fake", "models": ["one"]}},
            "other": {"ok": False, "error": "deadline-exceeded", "detail": "No answer within 2 s."},
        }
    )
    lines = [" ".join(line.split()) for line in shown.getvalue().splitlines()]
    assert "stt faster-whisper whisper-tiny.en" in lines
    assert "tts espeak-ng 1.52.0 robotic" in lines
    assert "llm fake one" in lines
    assert "other No answer within 2 s." in lines


def test_the_screen_says_once_how_missing_weights_are_got() -> None:
    shown = io.StringIO()
    missing = []
    for name in ("kokoro-82m-int8", "smart-turn-v3.2"):
        with pytest.raises(ModelMissing) as caught, mock.patch("storage.weights.resolve.place_of", lambda _: None):
            resolve_weights(name)
        missing.append(caught.value.message)
    detection = {"voice_activity": "silero", "end_of_turn": "silence", "notice": missing[1]}
    LiveScreen(Console(file=shown, width=400)).engines(
        {
            "tts": {"ok": True, "detail": {"name": "espeak-ng", "notice": f"Robotic. {missing[0]}"}},
            "turn_detection": {"ok": True, "detail": detection},
        }
    )
    lines = [" ".join(line.split()) for line in shown.getvalue().splitlines()]
    assert "tts espeak-ng Robotic. The weights of kokoro-82m-int8 are not on this machine." in lines
    assert "turn_detection silero, silence The weights of smart-turn-v3.2 are not on this machine." in lines
    assert shown.getvalue().count("interview doctor") == 1
    assert "pip install" not in shown.getvalue()


def test_links_of_the_report_lead_to_the_files_next_to_it() -> None:
    html = (
        b'<a href="/session/audio/demo-1/5-candidate-00ff.wav#t=1.5">x</a> <a href="/session/audio/other/a.wav">y</a>'
    )
    assert with_relative_links(html, "demo-1") == (
        b'<a href="audio/5-candidate-00ff.wav#t=1.5">x</a> <a href="/session/audio/other/a.wav">y</a>'
    )


def recordings(directory: Path, *names: str) -> Path:
    for name in names:
        (directory / name).write_bytes(encode_audio(TONE, 24_000, name.rpartition(".")[2]))
    return directory


def test_recordings_answer_their_own_question_and_others_in_order(tmp_path: Path) -> None:
    recordings(tmp_path, "be-deadlock.wav", "be-deadlock-2.webm", "b.mp3", "a.ogg")
    (tmp_path / "be-deadlock.txt").write_text("A deadlock is a circle.\n")
    (tmp_path / "notes.md").write_text("no recording")
    person = RecordedPerson(tmp_path, "backend-engineer", QUESTIONS)
    asked = ("be-opener", "be-deadlock", "be-deadlock", "be-deadlock", "be-opener")
    answers = [person.answer(question) for question in asked]
    kinds = [answer and (answer.recording.container, answer.said) for answer in answers]
    assert kinds == [
        ("ogg", None),
        ("wav", "A deadlock is a circle."),
        ("webm", None),
        ("mp3", None),
        None,
    ]


def test_a_recording_of_another_question_is_kept_for_it(tmp_path: Path) -> None:
    person = RecordedPerson(recordings(tmp_path, "be-deadlock.wav"), "backend-engineer", QUESTIONS)
    assert person.answer("be-opener") is None
    assert person.answer("be-deadlock") is not None


def test_a_directory_without_recordings_is_refused_with_the_kinds_it_may_hold(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no recordings.*\.webm"):
        RecordedPerson(tmp_path, "backend-engineer", QUESTIONS)
    with pytest.raises(ConfigError, match="no such directory"):
        RecordedPerson(tmp_path / "absent", "backend-engineer", QUESTIONS)


def heard(text: str) -> Step:
    return Step("i-1", 1, Reply("Go on.", Action("ask_followup", "intro"), True), transcript=Transcript(text))


def test_recordings_without_their_words_have_no_error_rate() -> None:
    tally = Tally()
    tally.add(None, heard("anything"))
    assert (tally.turns, tally.words) == (1, 0)
    tally.add("red lock", heard("red clock"))
    assert (tally.errors, tally.words) == (1, 2)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("The answer is eighteen thousand.", "The answer is 18,000."),
        ("We cut it by forty percent.", "We cut it by 40%."),
        ("I'm a backend developer.", "I’m a back-end developer"),
        ("a well-known thing", "a well known thing"),
        ("forty-two items", "42 items"),
    ],
)
def test_the_spelling_of_a_word_is_no_error(said: str, heard: str) -> None:
    assert word_errors(said, heard)[0] == 0


def test_a_word_that_was_not_heard_is_an_error() -> None:
    assert word_errors("Option B.", "") == (2, 2)
    assert word_errors("the lock", "a lock") == (1, 2)
