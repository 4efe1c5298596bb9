"""A recording is stored as what it is, so that a browser can play it, whatever the client called it."""

import numpy as np
import pytest

from deployments.tts.audio.encode import encode_audio
from storage.blobs.audio_types import MEDIA_TYPES, extension_of, media_type_of
from storage.blobs.layout import audio_name

TONE = (np.sin(np.arange(12_000) / 20) * 8000).astype(np.int16)


@pytest.mark.parametrize(
    ("container", "media_type", "extension"),
    [
        ("wav", "audio/wav", "wav"),
        ("mp3", "audio/mpeg", "mp3"),
        ("ogg", "audio/ogg", "ogg"),
        ("webm", "audio/webm", "webm"),
        ("flac", "audio/flac", "flac"),
        ("m4a", "audio/mp4", "m4a"),
    ],
)
@pytest.mark.parametrize("declared", ["application/octet-stream", "", "text/plain", "audio/unheard-of"])
def test_bytes_tell_the_type_of_a_recording_whose_client_does_not(
    container: str, media_type: str, extension: str, declared: str
) -> None:
    data = encode_audio(TONE, 24_000, container)
    assert media_type_of(data, declared) == media_type
    assert extension_of(media_type) == extension
    assert audio_name(1, "candidate", data, media_type_of(data, declared)).endswith(f".{extension}")
    assert MEDIA_TYPES[extension] == media_type


def test_a_type_that_fits_is_kept_and_one_that_does_not_is_corrected() -> None:
    webm = encode_audio(TONE, 24_000, "webm")
    assert media_type_of(webm, "video/webm;codecs=opus") == "video/webm;codecs=opus"
    assert media_type_of(webm, "audio/wav") == "audio/webm"


def test_unknown_bytes_keep_what_was_declared() -> None:
    assert media_type_of(b"no audio at all", "audio/wav") == "audio/wav"
    assert extension_of("application/octet-stream") == "bin"
