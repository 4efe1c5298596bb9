"""The compact form of a session's stored values: Zstandard with a dictionary of what all interviews have in common.

A compact value begins with the number of its dictionary, which no plain value does: an event's JSON begins with ``{``,
a record with a msgpack map, a snapshot with hexadecimal digits. So both forms are told apart value by value.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import zstandard

#: Dictionary 1 was trained by ``benchmarks/session_dictionary.py``. A dictionary never changes, because stored values
#: need it; another one gets the next number.
_NUMBER = b"\x01"
_DICTIONARY = Path(__file__).with_name("session-1.zdict")

#: Level 1 of 22: an event takes 2 µs, and level 6 saves a tenth more for four times that.
_LEVEL = 1

#: A bound on one value, far above what the limits on requests allow.
_LARGEST_BYTES = 64 * 1024 * 1024


class Compaction:
    """Compacts and expands values. Not for several threads at once."""

    def __init__(self) -> None:
        dictionary = _dictionary()
        self._compress = zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary, write_dict_id=False).compress
        self._decompress = zstandard.ZstdDecompressor(dict_data=dictionary).decompress

    def compacted(self, value: bytes) -> bytes:
        return _NUMBER + self._compress(value)

    def expanded(self, stored: bytes) -> bytes:
        """The value of either form. Raises msgspec.DecodeError: damaged, cut short, or larger than any value."""
        if not stored.startswith(_NUMBER):
            return stored
        try:
            # ``max_output_size`` bounds only frames of unknown size; ours state it; unknown reads as 2^64 - 1
            size = zstandard.get_frame_parameters(stored[1:]).content_size
            if size > _LARGEST_BYTES:
                raise msgspec.DecodeError("a compact value states no size, or one above the bound")
            return self._decompress(stored[1:])
        except zstandard.ZstdError as error:
            raise msgspec.DecodeError("a compact value is damaged") from error


@cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    dictionary = zstandard.ZstdCompressionDict(_DICTIONARY.read_bytes())
    dictionary.precompute_compress(level=_LEVEL)
    return dictionary
