"""Settings fixed for the whole interview, independent of later configuration changes."""

from __future__ import annotations

from msgspec import Struct


class Thresholds(Struct, frozen=True, omit_defaults=True):
    """The decision thresholds, recorded so that a replay uses the same ones; None in sessions older than the field.

    ``unsure_below`` and ``unsure_form_below`` are the agent's, ``review_below`` the graders'; confidences in [0, 1].
    """

    unsure_below: float | None = None
    review_below: float | None = None
    unsure_form_below: float | None = None


class SessionSettings(Struct, frozen=True, omit_defaults=True):
    """One session's settings, recorded in ``session.started``.

    Attributes:

        seed: varies wording, never decisions; 31 bits, from tenant and interview id.
        voice: whether the start asked for the interviewer's voice.
        resume_years: subject (lower case) → years of experience that the résumé claims.
        policies: digest of the policies in force; empty in a session that pinned none.
        prompts: prompt name → ``version@digest`` of this session.
        thresholds: see ``Thresholds``.
    """

    seed: int = 0
    voice: bool = True
    resume_years: dict[str, int] = {}
    policies: str = ""
    prompts: dict[str, str] = {}
    thresholds: Thresholds = Thresholds()
