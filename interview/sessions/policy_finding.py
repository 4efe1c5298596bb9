"""The finding of a policy rule: one type for judging, deciding and recording."""

from __future__ import annotations

from msgspec import Struct


class PolicyFinding(Struct, frozen=True, order=True):
    """A rule that tripped and the resulting ``action``. ``detail`` never quotes a candidate."""

    rule: str
    action: str
    detail: str = ""
