"""The supported kinds of audio file: container, media type and file extension, detected from the bytes."""

from __future__ import annotations

from typing import Literal, assert_never

Container = Literal["wav", "mp3", "mp4", "ogg", "matroska", "flac", "aac"]

#: Valid header flags of an MPEG audio stream: sync bits set, layer and bitrate not reserved.
_MP3_LAYERS = {0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2}

#: Media type → file extension and container.
_TYPES: dict[str, tuple[str, Container]] = {
    "audio/wav": ("wav", "wav"),
    "audio/x-wav": ("wav", "wav"),
    "audio/wave": ("wav", "wav"),
    "audio/vnd.wave": ("wav", "wav"),
    "audio/mpeg": ("mp3", "mp3"),
    "audio/mp3": ("mp3", "mp3"),
    "audio/ogg": ("ogg", "ogg"),
    "audio/opus": ("ogg", "ogg"),
    "video/ogg": ("ogg", "ogg"),
    "application/ogg": ("ogg", "ogg"),
    "audio/webm": ("webm", "matroska"),
    "video/webm": ("webm", "matroska"),
    "audio/x-matroska": ("mkv", "matroska"),
    "video/x-matroska": ("mkv", "matroska"),
    "audio/mp4": ("m4a", "mp4"),
    "video/mp4": ("mp4", "mp4"),
    "video/quicktime": ("mp4", "mp4"),
    "audio/x-m4a": ("m4a", "mp4"),
    "audio/aac": ("aac", "aac"),
    "audio/aacp": ("aac", "aac"),
    "audio/flac": ("flac", "flac"),
    "audio/x-flac": ("flac", "flac"),
}

#: File extension → the media type for browser playback.
MEDIA_TYPES: dict[str, str] = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
    "mkv": "audio/x-matroska",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "pcm": "audio/pcm",
}


def extension_of(media_type: str) -> str:
    """The file extension of a media type, parameters ignored; ``bin`` for a type that is not audio."""
    bare = media_type.partition(";")[0].strip().lower()
    if bare == "audio/pcm":
        return "pcm"
    return _TYPES[bare][0] if bare in _TYPES else "bin"


def media_type_of(data: bytes, declared: str) -> str:
    """The media type of a recording: the declared one when the bytes agree with it, else the detected one.

    Clients send wrong types (curl sends ``application/octet-stream`` for a webm file), and a browser does not play a
    file stored under the wrong type. For unknown bytes the declared type stays.
    """
    container = sniff(data)
    if container is None:
        return declared
    known = _TYPES.get(declared.partition(";")[0].strip().lower())
    if known is not None and known[1] == container:
        return declared
    match container:
        case "wav" | "flac" | "aac" | "ogg" | "mp3":
            return MEDIA_TYPES[container]
        case "matroska":
            return "audio/webm" if b"webm" in data[:64] else "audio/x-matroska"
        case "mp4":
            return "audio/mp4"
        case _:
            assert_never(container)


def sniff(data: bytes) -> Container | None:
    """The container by its magic bytes, or None when it is unknown."""
    if data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if data[4:8] == b"ftyp":
        return "mp4"
    frame = data[id3_bytes(data) :][:2]
    if len(frame) == 2 and frame[0] == 0xFF and frame[1] & 0xF6 == 0xF0:
        return "aac"  # ADTS: twelve sync bits, layer 0
    if data[:3] == b"ID3" or (len(frame) == 2 and frame[0] == 0xFF and frame[1] in _MP3_LAYERS):
        return "mp3"
    return None


def id3_bytes(data: bytes) -> int:
    """The length of a leading ID3v2 tag, 0 without one."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    # The tag's size is "synchsafe": seven bits per byte.
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
