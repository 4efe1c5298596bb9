"""Detects a recording's container and whether it is complete; libav does neither reliably.

libav's probing would also try playlists and image demuxers on hostile input, and it silently decodes a truncated webm
or wav to its first part.
"""

from __future__ import annotations

import struct
from typing import assert_never

from storage.blobs.audio_types import Container, id3_bytes

_EBML_SEGMENT = 0x18538067
_EBML_CLUSTER = 0x1F43B675

#: No recording of this size is accepted, so a data chunk that claims more has a streaming writer's placeholder
#: (0x7FFFFFFF, 2,000,000,000, 0xFFFFFFFF and similar).
_WAV_PLACEHOLDER_BYTES = 2**28


def cut_short(container: Container, data: bytes) -> bool:
    """Whether the file's structure claims more bytes than arrived.

    It checks structure only: RIFF size, last Ogg page, EBML element and mp4 box sizes, the byte count of a Xing header,
    the length of the last ADTS frame. Durations prove nothing, since sound may start after the picture and end before
    it; only flac, which holds one track, shows truncation as fewer samples than declared. An mp3 stream without a Xing
    header, or an ADTS stream, that is cut at a frame looks like a shorter recording.
    """
    match container:
        case "wav":
            return _wav_cut(data)
        case "ogg":
            return _ogg_cut(data)
        case "matroska":
            return _matroska_cut(data)
        case "mp3":
            return _mp3_cut(data)
        case "mp4":
            return _mp4_cut(data)
        case "aac":
            return _adts_cut(data)
        case "flac":
            return False
        case _:
            assert_never(container)


def _wav_cut(data: bytes) -> bool:
    offset = 12
    while offset + 8 <= len(data):
        chunk, size = data[offset : offset + 4], struct.unpack_from("<I", data, offset + 4)[0]
        if chunk == b"data":
            return size < _WAV_PLACEHOLDER_BYTES and offset + 8 + int(size) > len(data)
        offset += 8 + size + (size & 1)
    return True


def with_true_data_size(data: bytes) -> bytes:
    """A wav file whose data chunk covers all samples that arrived.

    Some writers leave the size of their first flush in the header and continue writing. So bytes after the data chunk
    that are not chunks are samples. Returns ``data`` itself when its header is right.
    """
    offset = 12
    while offset + 8 <= len(data):
        chunk, size = data[offset : offset + 4], struct.unpack_from("<I", data, offset + 4)[0]
        end = offset + 8 + size + (size & 1)
        if chunk == b"data" and end < len(data) and not _are_chunks(data, end):
            return data[: offset + 4] + struct.pack("<I", len(data) - offset - 8) + data[offset + 8 :]
        if chunk == b"data":
            return data
        offset = end
    return data


def _are_chunks(data: bytes, offset: int) -> bool:
    """Whether RIFF chunks with printable names fill the rest of the file, except a byte of padding."""
    while offset + 8 <= len(data):
        name, size = data[offset : offset + 4], struct.unpack_from("<I", data, offset + 4)[0]
        if not (name.isascii() and name.decode("ascii").isprintable()):
            return False
        offset += 8 + size + (size & 1)
    return offset <= len(data) + 1


def _mp3_cut(data: bytes) -> bool:
    """By the byte count in the Xing (or Info) header of the first frame, if the encoder wrote one."""
    start = id3_bytes(data)
    first_frame = data[start : start + 256]
    header = max(first_frame.find(b"Xing"), first_frame.find(b"Info"))
    if header < 0 or header + 16 > len(first_frame):
        return False
    flags = int.from_bytes(first_frame[header + 4 : header + 8], "big")
    if not flags & 2:
        return False
    size_at = header + (12 if flags & 1 else 8)
    declared = int.from_bytes(first_frame[size_at : size_at + 4], "big")
    # Encoders differ by a frame in their counts.
    return declared > len(data) - start + 2048


def _mp4_cut(data: bytes) -> bool:
    """Whether a top-level box runs past the end, a fragment lacks its samples, or no box describes the tracks."""
    offset, described, kind = 0, False, b""
    while offset + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size == 1 and offset + 16 <= len(data):
            size = struct.unpack_from(">Q", data, offset + 8)[0]
        elif size == 0:  # the last box: it ends with the file
            size = len(data) - offset
        if size < 8 or offset + size > len(data):
            return True
        described = described or kind == b"moov"
        offset += size
    begins_a_box = any(data[offset:])  # zeros are padding
    return not described or begins_a_box or kind == b"moof"


def _adts_cut(data: bytes) -> bool:
    """Whether the last frame is longer than the bytes that arrived."""
    offset = id3_bytes(data)
    while offset + 7 <= len(data):
        if data[offset] != 0xFF or data[offset + 1] & 0xF6 != 0xF0:
            return False  # a tag or padding after the audio
        length = (data[offset + 3] & 3) << 11 | data[offset + 4] << 3 | data[offset + 5] >> 5
        if length < 7:
            return False
        offset += length
    return offset > len(data)


def _ogg_cut(data: bytes) -> bool:
    page = data.rfind(b"OggS")
    if page < 0 or page + 27 > len(data):
        return True
    segments = data[page + 26]
    lacing = data[page + 27 : page + 27 + segments]
    return len(lacing) < segments or page + 27 + segments + sum(lacing) > len(data)


def _matroska_cut(data: bytes) -> bool:
    """Walk the elements, entering Segment and Cluster, and check whether one runs past the end."""
    offset = 0
    while offset < len(data):
        header = _ebml_header(data, offset)
        if header is None:
            return True
        element, size, body = header
        if element in (_EBML_SEGMENT, _EBML_CLUSTER):
            if size is not None and body + size > len(data):
                return True
            offset = body
            continue
        if size is None or body + size > len(data):
            return True
        offset = body + size
    return False


def _ebml_header(data: bytes, offset: int) -> tuple[int, int | None, int] | None:
    """(id, size or None when unknown, offset of the body); None when the header itself is truncated or invalid."""
    id_length = 9 - data[offset].bit_length()
    if id_length > 4 or offset + id_length >= len(data):
        return None
    element = int.from_bytes(data[offset : offset + id_length], "big")
    offset += id_length
    size_length = 9 - data[offset].bit_length()
    if size_length > 8 or offset + size_length > len(data):
        return None
    size = int.from_bytes(data[offset : offset + size_length], "big") & ((1 << (7 * size_length)) - 1)
    unknown = size == (1 << (7 * size_length)) - 1
    return element, None if unknown else size, offset + size_length
