"""How many seconds of speech have passed in a stream of bytes, read from the container itself without decoding."""

from __future__ import annotations

import struct

from deployments.tts.contract import AudioFormat

_WAV_HEADER_BYTES = 44
_WAV_BYTE_RATE_AT = 28

#: An Ogg page begins with this; its granule position, 6 bytes on, is the samples until its end.
_OGG_PAGE = b"OggS"
_GRANULE_AT = 6
_GRANULE_BYTES = 8
#: Opus counts in 48 kHz whatever it was fed (RFC 7845, 4.1).
_OPUS_RATE_HZ = 48_000


class SpeechLength:
    """``feed`` the pieces of one stream as the text-to-speech tier makes them; ``seconds`` is their length so far.

    wav: exact. opus: exact to the last finished page, and the codec's few milliseconds of lead-in. mp3: by its
    constant ``mp3_bitrate`` (bit/s).
    """

    def __init__(self, format: AudioFormat, *, mp3_bitrate: int) -> None:
        self._format = format
        self._mp3_bitrate = mp3_bitrate
        self._bytes = 0
        self._head = b""
        self._tail = b""
        self._granules = 0

    def feed(self, piece: bytes) -> None:
        self._bytes += len(piece)
        if self._format == "wav" and len(self._head) < _WAV_HEADER_BYTES:
            self._head += piece[: _WAV_HEADER_BYTES - len(self._head)]
        elif self._format == "opus":
            self._read_page(self._tail + piece)

    def _read_page(self, data: bytes) -> None:
        """The last page whose head is whole; the rest is kept, for a head may be cut anywhere."""
        needed = _GRANULE_AT + _GRANULE_BYTES
        at = data.rfind(_OGG_PAGE, 0, max(0, len(data) - needed + len(_OGG_PAGE)))
        if at >= 0:
            (granules,) = struct.unpack_from("<q", data, at + _GRANULE_AT)
            self._granules = max(self._granules, granules)
        self._tail = data[-(needed - 1) :]

    @property
    def seconds(self) -> float:
        match self._format:
            case "wav":
                if len(self._head) < _WAV_HEADER_BYTES:
                    return 0.0
                (byte_rate,) = struct.unpack_from("<I", self._head, _WAV_BYTE_RATE_AT)
                return (self._bytes - _WAV_HEADER_BYTES) / byte_rate if byte_rate else 0.0
            case "opus":
                return self._granules / _OPUS_RATE_HZ
            case "mp3":
                return self._bytes * 8 / self._mp3_bitrate
