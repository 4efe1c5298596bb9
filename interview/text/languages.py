"""The languages in which an interview can be held.

Questions, requests ("skip this one"), number words, policies and stories are read in these only.
"""

from __future__ import annotations

#: ISO 639-1 codes.
SUPPORTED = ("en",)


def is_supported(tag: str) -> bool:
    """Whether a BCP 47 tag such as "en" or "en-GB" names a supported language."""
    return tag.partition("-")[0].casefold() in SUPPORTED
