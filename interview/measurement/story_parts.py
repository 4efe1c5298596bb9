"""Which parts of a story each clause tells: findings of rules, in English corrected by a model that is confident."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interview.measurement.story_clauses import CAME_TO, HEADING, RELATIVE, clauses_of
from interview.measurement.story_cues import OPENING, OUTCOME, PARTS, REPORTED, StoryPart
from interview.measurement.story_features import Place
from interview.measurement.story_model import likelihoods
from interview.measurement.story_rules import StoryRules
from interview.measurement.story_subjects import with_subject
from interview.text.machine_orders import without_orders

#: A clause tells a part above the first likelihood, whatever the rules say. No clause tells it if all are below the
#: second, unless a typed heading names it. Otherwise the rules decide.
_LIKELY, _UNLIKELY = 0.8, 0.2

#: The text of a clause and its offset in the answer.
Clause = tuple[str, int]


def clauses_in(answer: str, rules: StoryRules) -> list[Clause]:
    """The clauses of ``answer`` that are neither orders to the grader nor hesitations."""
    return [
        (text, kept + start)
        for kept, until in without_orders(answer)
        for text, start in clauses_of(answer[kept:until], rules.conjunction, english=rules.is_english)
        if not rules.is_hesitation(text)
    ]


def as_sentences(clauses: Sequence[Clause], rules: StoryRules) -> list[Clause]:
    """The clauses to analyse: in English each has its subject. The offsets are still those of the answer."""
    return [(with_subject(text) if rules.is_english else text, start) for text, start in clauses]


def parts_told(clauses: Sequence[Clause], rules: StoryRules) -> list[set[StoryPart]]:
    """The parts that each clause tells."""
    clauses = as_sentences(clauses, rules)
    named = parts_named(clauses, rules)
    by_rules = parts_by_rules(clauses, named, rules)
    if not rules.is_english:
        return by_rules
    places = places_of(clauses, named, rules)
    likely = [likelihoods(text, place) for (text, _), place in zip(clauses, places, strict=True)]
    possible = {part for chances in likely for part, chance in chances.items() if chance >= _UNLIKELY}
    possible |= {part for text, _ in clauses for part in _headed(text)}
    return [
        (parts & possible) | {part for part, chance in chances.items() if chance >= _LIKELY}
        for chances, parts in zip(likely, by_rules, strict=True)
    ]


def parts_named(clauses: Sequence[Clause], rules: StoryRules) -> list[set[StoryPart]]:
    """The parts that each clause names by its own words."""
    ongoing = any(rules.ongoing.search(text) for text, _ in clauses)
    return [_told_in(text, rules, ongoing=ongoing) for text, _ in clauses]


def parts_by_rules(
    clauses: Sequence[Clause], named: Sequence[set[StoryPart]], rules: StoryRules
) -> list[set[StoryPart]]:
    """The parts that each clause tells by its words and by its place; ``named`` as from ``parts_named``."""
    told = [set(parts) for parts in named]
    _tell_by_place([text for text, _ in clauses], told, rules)
    return told


def places_of(clauses: Sequence[Clause], named: Sequence[set[StoryPart]], rules: StoryRules) -> list[Place]:
    """Where each clause stands; ``named`` as from ``parts_named``."""
    own = [number for number, parts in enumerate(named) if "action" in parts]
    team = (number for number, (text, _) in enumerate(clauses) if rules.team_action.search(text))
    first = min([*own[:1], next(team, len(clauses))])
    last = own[-1] if own else -1
    return [
        Place(number, len(clauses), acted=number > first, acts_later=number < last) for number in range(len(clauses))
    ]


def _told_in(clause: str, rules: StoryRules, *, ongoing: bool) -> set[StoryPart]:
    """The parts that ``clause`` names explicitly; habits, plans and advice do not count."""
    if rules.is_english:
        if headed := _headed(clause):
            return headed
        clause = RELATIVE.sub(_without_subject, clause)
    if _is_general(clause, rules) or not (ongoing or rules.past.search(clause) or rules.ongoing.search(clause)):
        return set()
    parts = {part for part, cue in rules.cues.items() if cue.search(clause)}
    if ongoing and rules.present_action.search(clause):
        parts.add("action")
    if rules.idle.search(clause):
        parts.discard("action")
    return parts


def _headed(clause: str) -> set[StoryPart]:
    """The part that a typed heading before ``clause`` names."""
    heading = HEADING.match(clause)
    return {part for part in PARTS if heading is not None and part == heading.lastgroup}


def _without_subject(relative: re.Match[str]) -> str:
    return relative.group().replace(" i ", " one ").replace(" I ", " one ")


def _is_general(clause: str, rules: StoryRules) -> bool:
    if rules.generic.search(clause):
        return True
    told = rules.cues["action"].search(clause) or (rules.is_english and REPORTED.search(clause))
    return bool(rules.conditional.search(clause) and not told)


def _tell_by_place(clauses: list[str], told: Sequence[set[StoryPart]], rules: StoryRules) -> None:
    """Add the parts that the place tells: the first clause is the situation, in English all that precedes the first
    action; after an action, a clause about another subject is the result. In English, what had to be done after all
    actions is not the task."""
    acted = False
    actions = [number for number, parts in enumerate(told) if "action" in parts and rules.is_english]
    if actions:
        for parts in told[actions[-1] + 1 :]:
            parts.discard("task")
    for number, (clause, parts) in enumerate(zip(clauses, told, strict=True)):
        happened = bool(rules.past.search(clause) or (actions and OPENING.search(clause)))
        happened = happened and not _is_general(clause, rules)
        if rules.is_english and CAME_TO.match(clause):
            parts.discard("task")
        bare = not parts & {"task", "action"} if rules.is_english else not parts
        if len(clauses) > 1 and happened and not acted and (number == 0 or actions) and bare:
            parts.add("situation")
        outcome = happened or (rules.by_now.search(clause) and not _is_general(clause, rules))
        if (
            acted
            and outcome
            and not parts & {"action", "task"}
            and not rules.doing.match(clause)
            and not rules.remark.search(clause)
        ):
            parts.add("result")
        if (
            rules.is_english
            and number
            and number == len(clauses) - 1
            and not actions
            and happened
            and OUTCOME.match(clause)
        ):
            parts.add("result")
        acted = acted or "action" in parts or bool(rules.team_action.search(clause))
