"""Transcripts read by the letter in every form OpenAI's clients ask for."""

import msgspec
import pytest

from deployments.stt.contract import EngineInfo, Segment, Transcript, Word
from serve.http.openai.transcripts import events, rendered

TRANSCRIPT = Transcript(
    text="Use a <map> & go. Then stop.",
    language="en",
    duration_s=3725.5,
    segments=(
        Segment(0.0, 1.2346, "Use a <map>\n\n& go.", -0.25, 0.01, 1.1, (Word(0.0, 0.4, " Use", 0.9),)),
        Segment(3723.0, 3725.4996, "Then stop.", -0.5, 0.02),
    ),
    confidence=0.7,
    engine=EngineInfo("faster-whisper", "tiny", notice="for demos"),
)


def test_srt_has_numbered_cues_of_one_line() -> None:
    assert rendered(TRANSCRIPT, "srt", frozenset()).decode() == (
        "1\n00:00:00,000 --> 00:00:01,235\nUse a <map> & go.\n\n2\n01:02:03,000 --> 01:02:05,500\nThen stop.\n"
    )


def test_vtt_has_a_header_and_escapes_markup() -> None:
    assert rendered(TRANSCRIPT, "vtt", frozenset()).decode() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.235\nUse a &lt;map&gt; &amp; go.\n\n"
        "01:02:03.000 --> 01:02:05.500\nThen stop.\n"
    )


@pytest.mark.parametrize(
    ("granularities", "present", "absent"),
    [
        ({"segment"}, {"segments"}, {"words"}),
        ({"word"}, {"words"}, {"segments"}),
        ({"word", "segment"}, {"words", "segments"}, set()),
    ],
)
def test_verbose_json_holds_the_timestamps_asked_for(
    granularities: set[str], present: set[str], absent: set[str]
) -> None:
    body = msgspec.json.decode(rendered(TRANSCRIPT, "verbose_json", frozenset(granularities)))
    assert present <= body.keys()
    assert not absent & body.keys()
    assert body["engine"]["notice"] == "for demos"
    assert body["confidence"] == 0.7


def test_json_and_text_hold_the_text() -> None:
    assert msgspec.json.decode(rendered(TRANSCRIPT, "json", frozenset()))["text"] == TRANSCRIPT.text
    assert rendered(TRANSCRIPT, "text", frozenset()).decode() == TRANSCRIPT.text + "\n"


def test_the_deltas_joined_are_the_text_of_the_last_event() -> None:
    plain = msgspec.structs.replace(
        TRANSCRIPT,
        text="One. Two.",
        segments=tuple(
            msgspec.structs.replace(segment, text=text)
            for segment, text in zip(TRANSCRIPT.segments, ("One.", "Two."), strict=True)
        ),
    )
    *deltas, done = events(plain)
    assert {delta["type"] for delta in deltas} == {"transcript.text.delta"}
    assert "".join(delta["delta"] for delta in deltas) == done["text"] == "One. Two."
    assert done["type"] == "transcript.text.done"
