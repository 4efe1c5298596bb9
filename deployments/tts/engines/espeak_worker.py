"""The espeak-ng worker program: a process of its own, because the library is GPL-3 and keeps global state.

It runs at arm's length from the platform: it imports the standard library only, nothing of this project imports it,
and all it shares with its parent is a pipe. A crash of the native library ends only this process.

    python -I -S espeak_worker.py LIBRARY DATA_DIRECTORY

Requests on stdin and replies on stdout are frames: one type byte, a 4-byte big-endian length, the body.

========  =====================================================================================
``S`` →   JSON ``{"text", "voice", "rate_wpm", "pitch"}``: speak it
``T`` →   JSON ``{"texts": [...], "voice"}``: transcribe each into phonemes (IPA)
``→ H``   once, at start: JSON ``{"sample_rate", "version", "voices": [...], "variants": [...]}``
``→ P``   the speech: signed 16-bit little-endian mono PCM
``→ I``   the phonemes: JSON ``[...]``, one string a text
``→ E``   JSON ``{"message"}``: this request failed; the worker lives on
========  =====================================================================================

End of file on stdin ends it, so it cannot outlive its parent.
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

AUDIO_OUTPUT_SYNCHRONOUS = 2
ESPEAK_CHARS_UTF8 = 1
POSITION_CHARACTER = 1
PHONEMES_IPA = 2
PARAMETER_RATE = 1
PARAMETER_PITCH = 3

SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class VoiceRecord(ctypes.Structure):
    """``espeak_VOICE`` of ``speak_lib.h``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("padding", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class Espeak:
    """The library, initialised once for the life of the process."""

    def __init__(self, library: str, data_directory: str) -> None:
        self._lib = ctypes.CDLL(library)
        self._lib.espeak_Initialize.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int)
        self.sample_rate: int = self._lib.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data_directory.encode(), 0)
        if self.sample_rate <= 0:
            raise OSError(f"espeak-ng could not initialise from {data_directory}")
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._lib.espeak_TextToPhonemes.argtypes = (ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int)
        self._data_directory = Path(data_directory)
        self._pcm = bytearray()
        self._callback = SynthCallback(self._collect)  # held here: ctypes does not keep callbacks alive
        self._lib.espeak_SetSynthCallback(self._callback)
        self._files = self._voice_files()

    def _collect(self, wave: Any, samples: int, _events: Any) -> int:
        if wave and samples > 0:
            self._pcm += ctypes.string_at(wave, samples * 2)
        return 0

    def version(self) -> str:
        self._lib.espeak_Info.restype = ctypes.c_char_p
        return str(self._lib.espeak_Info(None).decode())

    def voices(self) -> list[str]:
        """The language codes this build can speak."""
        return sorted(self._files)

    def _voice_files(self) -> dict[str, str]:
        """Each language code's voice file; of several, the one that puts the code at the highest priority."""
        self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(VoiceRecord))
        records = self._lib.espeak_ListVoices(None)
        ranked: dict[str, tuple[int, str]] = {}
        index = 0
        while records[index]:
            # A chain of (priority byte, NUL-terminated code), closed by a zero priority.
            cursor = records[index].contents.languages
            while ctypes.string_at(cursor, 1) != b"\0":
                code = ctypes.string_at(cursor + 1)
                offer = (ctypes.string_at(cursor, 1)[0], records[index].contents.identifier.decode())
                ranked[code.decode()] = min(offer, ranked.get(code.decode(), offer))
                cursor += len(code) + 2
            index += 1
        return {code: file for code, (_, file) in ranked.items()}

    def variants(self) -> list[str]:
        folder = self._data_directory / "voices" / "!v"
        return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []

    def _set_voice(self, voice: str) -> None:
        # By file: some codes the library lists (en-gb) it does not itself find by name.
        base, plus, variant = voice.partition("+")
        if self._lib.espeak_SetVoiceByName(f"{self._files.get(base, base)}{plus}{variant}".encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")

    def phonemes(self, text: str, voice: str) -> str:
        """``text`` in IPA with stress marks; punctuation is lost, clauses are joined with a space."""
        self._set_voice(voice)
        rest = ctypes.c_char_p(text.encode())
        clauses: list[str] = []
        while rest.value:
            found = self._lib.espeak_TextToPhonemes(ctypes.byref(rest), ESPEAK_CHARS_UTF8, PHONEMES_IPA)
            clauses.append((found or b"").decode().strip())
        return " ".join(clause for clause in clauses if clause)

    def speak(self, text: str, voice: str, rate_wpm: int, pitch: int) -> bytes:
        self._set_voice(voice)
        self._lib.espeak_SetParameter(PARAMETER_RATE, rate_wpm, 0)
        self._lib.espeak_SetParameter(PARAMETER_PITCH, pitch, 0)
        encoded = text.encode()
        self._pcm.clear()
        size = ctypes.c_size_t(len(encoded) + 1)
        code = self._lib.espeak_Synth(encoded, size, 0, POSITION_CHARACTER, 0, ESPEAK_CHARS_UTF8, None, None)
        if code != 0:
            raise ValueError(f"espeak-ng refused the text with code {code}")
        self._lib.espeak_Synchronize()
        return bytes(self._pcm)


def read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    data = stream.read(size)
    return data if len(data) == size else None


def write_frame(stream: BinaryIO, kind: bytes, body: bytes) -> None:
    stream.write(kind + struct.pack(">I", len(body)) + body)
    stream.flush()


def answered(espeak: Espeak, kind: bytes, order: dict[str, Any]) -> tuple[bytes, bytes]:
    """The reply frame's type and body for one request."""
    if kind == b"T":
        return b"I", json.dumps([espeak.phonemes(text, order["voice"]) for text in order["texts"]]).encode()
    return b"P", espeak.speak(order["text"], order["voice"], int(order["rate_wpm"]), int(order["pitch"]))


def main(library: str, data_directory: str) -> None:
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    espeak = Espeak(library, data_directory)
    hello = {
        "sample_rate": espeak.sample_rate,
        "version": espeak.version(),
        "voices": espeak.voices(),
        "variants": espeak.variants(),
    }
    write_frame(replies, b"H", json.dumps(hello).encode())
    while (head := read_exactly(requests, 5)) is not None:
        (length,) = struct.unpack(">I", head[1:])
        body = read_exactly(requests, length)
        if body is None:
            return
        try:
            kind, answer = answered(espeak, head[:1], json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            kind, answer = b"E", json.dumps({"message": str(error)}).encode()
        write_frame(replies, kind, answer)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
