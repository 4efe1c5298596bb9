"""The bias audit's arithmetic: selection and median-split rates and impact ratios per group and intersection.

Group data comes from an auditor's file and is joined here, after all grading: no model and no grader ever sees it.
Terms follow the final rule on New York City's Local Law 144 (6 RCNY § 5-300): the selection rate of a group is its
selected members over its members; the scoring rate is the share of a group above the median score of the whole sample;
an impact ratio is a group's rate over the highest group's rate.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from msgspec import Struct

#: Groups below this share of the sample may be left out of impact ratios (6 RCNY § 5-301(d)).
SMALL_SHARE = 0.02
#: Below this count a rate is not conclusive.
SMALL_COUNT = 30
UNKNOWN = "unknown"


class AuditedPerson(Struct, frozen=True):
    """One interview: its score in [0, 1], whether the candidate was selected, and the candidate's groups."""

    interview_id: str
    score: float
    selected: bool
    groups: dict[str, str]


class GroupRates(Struct, frozen=True):
    """``category`` is a column or an intersection of columns (``sex × race``). Ratios are None when no group has a rate
    above 0. ``note`` says why the numbers are not conclusive."""

    category: str
    group: str
    count: int
    selected: int
    selection_rate: float
    selection_impact_ratio: float | None
    above_median: int
    scoring_rate: float
    scoring_impact_ratio: float | None
    mean_score: float
    note: str = ""


class Audit(Struct, frozen=True):
    """``unknown`` counts people without group data per category: they count in the median but in no group."""

    people: int
    selected: int
    median_score: float
    rates: tuple[GroupRates, ...]
    unknown: dict[str, int]
    notes: tuple[str, ...] = ()


def audit(people: Sequence[AuditedPerson], *, notes: Sequence[str] = ()) -> Audit:
    """Rates per group of every category, and of every pair of categories.

    Raises:

        ValueError: there are no interviews.
    """
    if not people:
        raise ValueError("There is no interview to audit.")
    median = statistics.median(person.score for person in people)
    categories = sorted({category for person in people for category in person.groups})
    rates: list[GroupRates] = []
    unknown: Counter[str] = Counter()
    for wanted in [*((one,) for one in categories), *combinations(categories, 2)]:
        members: dict[str, list[AuditedPerson]] = {}
        for person in people:
            name = _group(person.groups, wanted)
            if name is None:
                unknown[" × ".join(wanted)] += 1
            else:
                members.setdefault(name, []).append(person)
        rates.extend(_rates(" × ".join(wanted), members, median, len(people)))
    return Audit(
        people=len(people),
        selected=sum(person.selected for person in people),
        median_score=median,
        rates=tuple(rates),
        unknown=dict(unknown),
        notes=tuple(notes),
    )


def _group(groups: Mapping[str, str], wanted: Sequence[str]) -> str | None:
    names = [groups.get(category, "").strip() for category in wanted]
    if any(not name or name.casefold() == UNKNOWN for name in names):
        return None
    return " × ".join(names)


def _rates(
    category: str, members: Mapping[str, Sequence[AuditedPerson]], median: float, total: int
) -> list[GroupRates]:
    counted = {name: len(some) for name, some in members.items()}
    selection = {name: sum(one.selected for one in some) / counted[name] for name, some in members.items()}
    scoring = {name: sum(one.score > median for one in some) / counted[name] for name, some in members.items()}
    # A group too small to count must not be the reference for the others.
    bearing = [name for name in members if counted[name] / total >= SMALL_SHARE] or list(members)
    best_selection = max((selection[name] for name in bearing), default=0.0)
    best_scoring = max((scoring[name] for name in bearing), default=0.0)
    return [
        GroupRates(
            category=category,
            group=name,
            count=counted[name],
            selected=sum(one.selected for one in members[name]),
            selection_rate=selection[name],
            selection_impact_ratio=selection[name] / best_selection if best_selection else None,
            above_median=sum(one.score > median for one in members[name]),
            scoring_rate=scoring[name],
            scoring_impact_ratio=scoring[name] / best_scoring if best_scoring else None,
            mean_score=statistics.fmean(one.score for one in members[name]),
            note=_note(counted[name], total),
        )
        for name in sorted(members)
    ]


def _note(count: int, total: int) -> str:
    if count / total < SMALL_SHARE:
        return f"below {SMALL_SHARE:.0%} of the sample: may be left out of impact ratios, and is no reference here"
    if count < SMALL_COUNT:
        return f"fewer than {SMALL_COUNT} people: too few to conclude from"
    return ""
