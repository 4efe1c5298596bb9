"""Prompts for Whisper, with rounded lengths so that candidates with different vocabularies share batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def prompt_text(prompt: str | None, hotwords: Sequence[str]) -> str:
    """Hotwords first and the free prompt last, because text next to the transcript weighs most."""
    parts = []
    words = [word.strip() for word in hotwords if word.strip()]
    if words:
        parts.append(", ".join(dict.fromkeys(words)) + ".")
    if prompt and prompt.strip():
        parts.append(prompt.strip())
    return " ".join(parts)


def bucketed_prompt(encode: Callable[[str], list[int]], text: str, *, bucket: int, limit: int) -> list[int]:
    """Tokens of ``text`` cut to a multiple of ``bucket``, at most ``limit``.

    The front is cut, as Whisper does with its own history, so batching loses at most ``bucket - 1`` tokens. A text
    shorter than a bucket is repeated to fill one.
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
