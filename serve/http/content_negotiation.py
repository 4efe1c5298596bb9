"""Content negotiation (RFC 9110 §12.5.1) between a few media types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from starlette.exceptions import HTTPException

Form = TypeVar("Form")


def preferred(accept: str | None, offers: Mapping[str, Form]) -> Form:
    """The offer with the highest quality; the first offer wins ties and an absent header.

    Raises:
        HTTPException: 406 when none of ``offers`` (media type → form) is acceptable.
    """
    ranges = _ranges(accept or "*/*")
    best: tuple[float, Form] | None = None
    for media_type, form in offers.items():
        quality = _quality(media_type, ranges)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, form)
    if best is None:
        raise HTTPException(406, f"This URL offers {', '.join(offers)}.")
    return best[1]


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        if media_range:
            ranges[media_range] = quality
    return ranges or {"*/*": 1.0}


def _quality(media_type: str, ranges: Mapping[str, float]) -> float:
    """The quality of the most specific range that matches."""
    family = media_type.partition("/")[0]
    for candidate in (media_type, f"{family}/*", "*/*"):
        if candidate in ranges:
            return ranges[candidate]
    return 0.0
