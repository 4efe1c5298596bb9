"""Words that replies begin with: synthesised ahead, so that a fresh reply can begin at once."""

from __future__ import annotations

_ENGLISH = (
    "Thank you", "Thanks", "Thank you for that", "Thanks for that", "Thanks for explaining", "Thanks for sharing that",
    "Okay", "All right", "Alright", "Right", "Understood", "I see", "Got it", "I understand", "Great", "Good", "Sure",
    "Of course", "Interesting", "No problem", "No worries", "Fair enough", "That makes sense", "That is clear",
    "That's clear", "That helps", "Let's move on", "Let's continue", "Hello", "Welcome", "Yes", "No", "Well", "So",
    "Now",
)  # fmt: skip

#: What a clause or a sentence ends with; the melody differs.
_ENDS = (",", ".")


def openings(language: str) -> tuple[str, ...]:
    """First clauses and short first sentences of replies in ``language``; only English has any."""
    if language.lower().partition("-")[0] != "en":
        return ()
    return tuple(f"{words}{end}" for words in _ENGLISH for end in _ENDS)
