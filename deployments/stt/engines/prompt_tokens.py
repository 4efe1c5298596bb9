"""Prompts for Whisper, with lengths rounded so that candidates with different vocabularies still share batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def prompt_text(prompt: str | None, hotwords: Sequence[str]) -> str:
    """Hotwords first and the free prompt last: what stands nearest to the transcript weighs most."""
    parts = []
    words = [word.strip() for word in hotwords if word.strip()]
    if words:
        parts.append(", ".join(dict.fromkeys(words)) + ".")
    if prompt and prompt.strip():
        parts.append(prompt.strip())
    return " ".join(parts)


def bucketed_prompt(encode: Callable[[str], list[int]], text: str, *, bucket: int, limit: int) -> list[int]:
    """Tokens of ``text`` cut to a multiple of ``bucket``, at most ``limit``; empty when shorter than one bucket.

    The front is cut, as Whisper does with its own history, so at most ``bucket - 1`` tokens are lost to batching. A
    text shorter than a bucket is repeated up to one instead of being lost.
    """
    if not text or limit < bucket:
        return []
    tokens = encode(" " + text)
    if not tokens:
        return []
    if len(tokens) < bucket:
        tokens = (tokens * (bucket // len(tokens) + 1))[-bucket:]
    length = min(len(tokens), limit) // bucket * bucket
    return tokens[len(tokens) - length :]
