"""What one recorded interview says of the prompts it was held with: shares in [0, 1] of which less is better."""

from __future__ import annotations

from collections.abc import Sequence

from interview.plans.plan import InterviewPlan
from interview.sessions.events import Event, SessionConcluded
from serve.simulation.word_figures import word_figures

#: The guardrails, by name, with what each share counts.
FIGURES = {
    "script_spoke": "turns in which the script spoke instead of the model",
    "rewritten": "turns in which a rule left out some of the model's words",
    "not_referring": "replies that do not take the answer up",
    "repeated": "replies with a sentence that was said before",
    "off_target": "follow-ups that ask for nothing that is missing",
    "left_early": "interviews that the candidate ended or left",
}

#: By name of the figure; None where the interview has no case of it.
Shares = dict[str, float | None]


def outcome_of(plan: InterviewPlan, events: Sequence[Event]) -> Shares:
    """The shares of one ended interview. Pure; some 10 ms."""
    words = word_figures(plan, events)
    ends = [event.data.by for event in events if isinstance(event.data, SessionConcluded)]
    return {
        "script_spoke": _share(words.fallbacks, words.asked),
        "rewritten": _share(words.rewritten, words.asked),
        "not_referring": _share(words.spoken - words.referring, words.spoken),
        "repeated": _share(min(words.repeats, words.asked), words.asked),
        "off_target": _share(words.follow_ups - words.targeted, words.follow_ups),
        "left_early": float(ends[-1] in ("candidate", "expiry")) if ends else None,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
