"""What a policy rule found: the same thing where it is judged, decided upon and recorded."""

from __future__ import annotations

from msgspec import Struct


class PolicyFinding(Struct, frozen=True, order=True):
    """A rule that tripped and the ``action`` that followed. ``detail`` never quotes a candidate."""

    rule: str
    action: str
    detail: str = ""
