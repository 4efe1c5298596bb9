"""What kind of file a recording is, and whether all of it arrived: libav answers neither reliably.

Its probing would also try playlists and image demuxers on hostile input, and a cut webm or wav decodes to its first
part without a word.
"""

from __future__ import annotations

import struct
from typing import Literal

Container = Literal["wav", "mp3", "mp4", "ogg", "matroska", "flac"]

#: Names an MPEG audio stream's header may start with: sync bits set, layer and bitrate not reserved.
_MP3_LAYERS = {0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2}

_EBML_SEGMENT = 0x18538067
_EBML_CLUSTER = 0x1F43B675


def sniff(data: bytes) -> Container | None:
    """The container by its magic bytes, or None when it is none that this tier reads."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if data[4:8] == b"ftyp":
        return "mp4"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] in _MP3_LAYERS):
        return "mp3"
    return None


def cut_short(container: Container, data: bytes) -> bool:
    """Whether the file says it is longer than the bytes that arrived.

    Looks at structure only (RIFF size, last Ogg page, EBML element sizes, the byte count of a Xing header). Mp4 and
    flac show a cut as a decoded duration below the declared one instead; an mp3 stream without a Xing header cannot be
    told from a shorter recording.
    """
    if container == "wav":
        return _wav_cut(data)
    if container == "ogg":
        return _ogg_cut(data)
    if container == "matroska":
        return _matroska_cut(data)
    if container == "mp3":
        return _mp3_cut(data)
    return False


def _wav_cut(data: bytes) -> bool:
    offset = 12
    while offset + 8 <= len(data):
        chunk, size = data[offset : offset + 4], struct.unpack_from("<I", data, offset + 4)[0]
        if chunk == b"data":
            # Streaming writers leave 0 or all ones: nothing was promised.
            return size not in (0, 0xFFFFFFFF) and offset + 8 + int(size) > len(data)
        offset += 8 + size + (size & 1)
    return True


def _mp3_cut(data: bytes) -> bool:
    """By the byte count in the Xing (or Info) header of the first frame, where the encoder wrote one."""
    start = 0
    if data[:3] == b"ID3" and len(data) >= 10:
        # The tag's size is "synchsafe": seven bits a byte.
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    first_frame = data[start : start + 256]
    header = max(first_frame.find(b"Xing"), first_frame.find(b"Info"))
    if header < 0 or header + 16 > len(first_frame):
        return False
    flags = int.from_bytes(first_frame[header + 4 : header + 8], "big")
    if not flags & 2:
        return False
    size_at = header + (12 if flags & 1 else 8)
    declared = int.from_bytes(first_frame[size_at : size_at + 4], "big")
    # Encoders differ by a frame in what they count.
    return declared > len(data) - start + 2048


def _ogg_cut(data: bytes) -> bool:
    page = data.rfind(b"OggS")
    if page < 0 or page + 27 > len(data):
        return True
    segments = data[page + 26]
    lacing = data[page + 27 : page + 27 + segments]
    return len(lacing) < segments or page + 27 + segments + sum(lacing) > len(data)


def _matroska_cut(data: bytes) -> bool:
    """Walk the elements, entering Segment and Cluster, and see whether one runs past the end."""
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
    """(id, size or None when unknown, offset of the body); None when the header itself is cut or invalid."""
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
