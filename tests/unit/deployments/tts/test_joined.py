"""The file of a stream and of the streams that continue it."""

from __future__ import annotations

from deployments.tts.contract import Speech
from deployments.tts.joined import joined


def test_a_substitute_that_takes_over_later_is_named() -> None:
    preferred = Speech(b"a", "audio/pcm", 1.0, "neural", "nova")
    substitute = Speech(b"b", "audio/pcm", 2.0, "plain", "en", stands_in="The engine failed.")
    file = joined([preferred, substitute, preferred])
    assert (file.engine, file.voice, file.stands_in) == ("plain", "en", "The engine failed.")
    assert (file.audio, file.duration_s) == (b"aba", 4.0)
    assert joined([preferred, preferred]).stands_in == ""
