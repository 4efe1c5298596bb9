"""Semantic checks of plans and questions: references, ranges and budgets.

Every check yields ``(path, problem)``, with the path relative to its argument, so that a loader can name the file and
line. One pass finds all problems, so an author edits a file once.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from interview.languages.gloss import glossary_of, only_stop_words
from interview.languages.language import SUPPORTED, is_supported
from interview.limits import (
    MAX_FORMULA_CHARS,
    MAX_PAUSE_DAYS,
    MAX_PAUSES,
    MAX_QUESTIONS,
    MAX_REPLY_DAYS,
    MAX_TIME_BUDGET_S,
)
from interview.plans import questions as q
from interview.plans.key_units import unit_problem
from interview.plans.plan import InterviewPlan, PhasePlan
from interview.yaml.schema import nearest
from interview.yaml.source import PathKey

Finding = tuple[PathKey, str]

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_STRING_LITERAL = re.compile(r'"[^"]*"')
_CELL = re.compile(r"(?<![A-Za-z0-9_.])\$?([A-Z]{1,3})\$?([1-9][0-9]*)(?![A-Za-z0-9_(.])")
#: The usual upper bound of ``a``: a steeper item only says on which side of ``b`` a candidate is.
MAX_DISCRIMINATION = 4.0
MAX_SHEET_ROWS = 200
MAX_SHEETS = 200


def check_question(question: q.Question, language: str = "en") -> Iterator[Finding]:
    """Problems of one question on its own. ``language``: of its texts; another than a supported one is not read."""
    if not _ID.fullmatch(question.id):
        yield ("id",), f"{question.id!r} must be lower-case letters, digits and hyphens, at most 64"
    if not question.prompt.strip():
        yield ("prompt",), "is empty"
    yield from _positive(("answer_s",), question.answer_s)
    if not 0.0 < question.difficulty.a <= MAX_DISCRIMINATION:
        yield (
            ("difficulty", "a"),
            f"{question.difficulty.a:g} must be greater than 0 and at most {MAX_DISCRIMINATION:g}"
            " (discrimination; most items lie between 0.5 and 2)",
        )
    if not -4.0 <= question.difficulty.b <= 4.0:
        yield ("difficulty", "b"), f"{question.difficulty.b:g} lies outside -4..4 (θ units)"
    if not 0.0 <= question.difficulty.c < 1.0:
        yield (
            ("difficulty", "c"),
            f"{question.difficulty.c:g} lies outside 0..1; give the share of guessers who are right",
        )
    elif question.difficulty.c and question.is_open:
        yield ("difficulty", "c"), "an open answer cannot be guessed; leave c out"
    yield from _blank_entries(("probes",), question.probes)
    yield from _blank_entries(("follow_ups",), question.follow_ups)
    for names, fact in question.clarifications.items():
        if not names.strip(" ,") or not fact.strip():
            yield ("clarifications", names), "needs the topic's words and a fact"
    if question.probes and not question.is_open:
        yield ("probes",), "only an open question can have probes: a probe of a key would give it away"
    yield from _check_hints(question.hints)
    for index, point in enumerate(question.key_points):
        if not point.text.strip():
            yield ("key_points", index, "text"), "is empty"
        yield from _positive(("key_points", index, "weight"), point.weight)
    yield from _check_criteria(question.criteria)
    if question.reference is not None:
        for level in ("strong", "average", "weak"):
            if not getattr(question.reference, level).strip():
                yield ("reference", level), "is empty"
    for path, problem in _check_grader(question):
        yield ("grader", *path), problem
    if is_supported(language):
        for path, problem in _check_glosses(question.grader, language):
            yield ("grader", *path), problem


def _positive(path: PathKey, value: float) -> Iterator[Finding]:
    if not (math.isfinite(value) and value > 0):
        yield path, f"{value:g} must be greater than 0"


def _not_negative(path: PathKey, value: float) -> Iterator[Finding]:
    if not (math.isfinite(value) and value >= 0):
        yield path, f"{value:g} must not be negative"


def _blank_entries(path: PathKey, entries: tuple[str, ...]) -> Iterator[Finding]:
    for index, entry in enumerate(entries):
        if not entry.strip():
            yield (*path, index), "is empty"


def _check_hints(hints: tuple[q.Hint, ...]) -> Iterator[Finding]:
    for index, hint in enumerate(hints):
        if not hint.text.strip():
            yield ("hints", index, "text"), "is empty"
        if not 0.0 <= hint.cost <= 1.0:
            yield ("hints", index, "cost"), f"{hint.cost:g} lies outside 0..1"
    total = sum(hint.cost for hint in hints)
    if total > 1.0 + 1e-9:
        yield ("hints",), f"the whole ladder costs {total:g}, more than a full score of 1"


def _check_criteria(criteria: tuple[q.Criterion, ...]) -> Iterator[Finding]:
    for first, index in _repeats(criterion.id for criterion in criteria):
        yield ("criteria", index, "id"), f"{first!r} is already used by another criterion of this question"
    for index, criterion in enumerate(criteria):
        path: PathKey = ("criteria", index)
        yield from _positive((*path, "weight"), criterion.weight)
        if len(criterion.levels) < 2:
            yield (*path, "levels"), "needs at least two levels to tell answers apart"
        for rung, level in enumerate(criterion.levels):
            at: PathKey = (*path, "levels", rung)
            if not level.anchor.strip():
                yield (*at, "anchor"), "is empty"
            if not 0.0 <= level.score <= 1.0:
                yield (*at, "score"), f"{level.score:g} lies outside 0..1"
            if rung and level.level <= criterion.levels[rung - 1].level:
                yield (*at, "level"), f"{level.level} does not rise above the level before it"
            if rung and level.score <= criterion.levels[rung - 1].score:
                yield (*at, "score"), f"{level.score:g} does not rise above the level before it"


def _check_grader(question: q.Question) -> Iterator[Finding]:
    grader = question.grader
    match grader:
        case q.Exact(accepted=accepted) | q.ShortText(accepted=accepted):
            if not accepted:
                yield ("accepted",), "is empty, so no answer could be right"
            yield from _blank_entries(("accepted",), accepted)
            if isinstance(grader, q.ShortText) and not 0.0 < grader.similarity <= 1.0:
                yield ("similarity",), f"{grader.similarity:g} lies outside 0..1"
        case q.MultipleChoice():
            yield from _check_options(grader.options, [(("answer",), grader.answer)])
        case q.MultiSelect():
            if not grader.answers:
                yield ("answers",), "is empty, so no answer could be right"
            yield from _check_options(
                grader.options, [(("answers", index), answer) for index, answer in enumerate(grader.answers)]
            )
            for answer, index in _repeats(grader.answers):
                yield ("answers", index), f"{answer!r} is listed twice"
        case q.Ordered():
            if len(grader.answer) < 2:
                yield ("answer",), "needs at least two items to put in order"
            for item, index in _repeats(grader.answer):
                yield ("answer", index), f"{item!r} is listed twice"
        case q.Numeric():
            yield from _check_numeric(grader)
        case q.Symbolic():
            if not grader.expression.strip():
                yield ("expression",), "is empty"
        case q.Formula():
            yield from _check_formula(grader)
        case q.RubricGrading():
            yield from _positive(("samples",), grader.samples)
            if not question.criteria and not question.key_points:
                yield ("kind",), "a rubric grader needs criteria or key points to grade by"
        case q.Ungraded():
            pass


def _check_glosses(grader: q.AnyGrader, language: str) -> Iterator[Finding]:
    """Keys and options that the graders of another language than English cannot tell apart: they compare glosses."""
    glossary = glossary_of(language)
    if glossary is None:
        return
    match grader:
        case q.Exact(accepted=accepted) | q.ShortText(accepted=accepted):
            for index, text in enumerate(accepted):
                if only_stop_words(glossary.key(text)):
                    yield ("accepted", index), f"{text!r} has only words that any answer has; ask for a longer answer"
        case q.MultipleChoice(options=options) | q.MultiSelect(options=options):
            for index, option in enumerate(options):
                if only_stop_words(glossary.key(option.text)):
                    yield ("options", index, "text"), f"{option.text!r} has only words that any answer has; say more"
            for index, other in _same_glosses([glossary.key(option.text) for option in options]):
                problem = f"{options[index].text!r} reads like {options[other].text!r} once word forms and articles are"
                yield ("options", index, "text"), f"{problem} left out; use other words"
        case q.Ordered(answer=items):
            for index, other in _same_glosses([glossary.key(item) for item in items]):
                problem = f"{items[index]!r} reads like {items[other]!r} once word forms and articles are left out"
                yield ("answer", index), f"{problem}; use other words"
        case _:
            pass


def _same_glosses(glosses: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The indices of each gloss that an earlier one equals, and of that one."""
    first: dict[str, int] = {}
    for index, gloss in enumerate(glosses):
        words = " ".join(word for word in gloss.casefold().split() if not only_stop_words(word))
        if words and first.setdefault(words, index) != index:
            yield index, first[words]


def _check_options(options: tuple[q.Option, ...], keys: Sequence[tuple[PathKey, str]]) -> Iterator[Finding]:
    ids = [option.id for option in options]
    if len(options) < 2:
        yield ("options",), "needs at least two options"
    for option, index in _repeats(ids):
        yield ("options", index, "id"), f"{option!r} is already used by another option"
    for index, option_text in enumerate(options):
        if not option_text.text.strip():
            yield ("options", index, "text"), "is empty"
    for path, key in keys:
        if key not in ids:
            yield path, f"{key!r} is not the id of an option ({', '.join(ids)})"


def _check_numeric(grader: q.Numeric) -> Iterator[Finding]:
    if not math.isfinite(grader.value):
        yield ("value",), "must be a finite number"
    yield from _not_negative(("tolerance_abs",), grader.tolerance_abs)
    yield from _not_negative(("tolerance_rel",), grader.tolerance_rel)
    if grader.tolerance_rel > 1:
        yield ("tolerance_rel",), f"{grader.tolerance_rel:g} accepts 0 for any number; give a share of at most 1"
    if (grader.low is None) != (grader.high is None):
        present = "low" if grader.high is None else "high"
        yield (present,), "a range needs both low and high"
    elif grader.low is not None and grader.high is not None:
        if grader.low > grader.high:
            yield ("low",), f"{grader.low:g} is greater than high, {grader.high:g}"
        elif not grader.low <= grader.value <= grader.high:
            yield ("value",), f"{grader.value:g} lies outside its own range {grader.low:g}..{grader.high:g}"
    if grader.unit is not None and (problem := unit_problem(grader.unit)) is not None:
        yield ("unit",), problem
    if grader.unit_required and not grader.unit:
        yield ("unit_required",), "no unit is given that could be required"


def _check_formula(grader: q.Formula) -> Iterator[Finding]:
    if not grader.reference.startswith("="):
        yield ("reference",), "a formula starts with ="
    if len(grader.reference) > MAX_FORMULA_CHARS:
        yield ("reference",), f"has {len(grader.reference)} characters, at most {MAX_FORMULA_CHARS} can be graded"
    if not grader.columns:
        yield ("columns",), "a formula needs columns of data to be graded on"
    if not 1 <= grader.rows <= MAX_SHEET_ROWS:
        yield ("rows",), f"{grader.rows} lies outside 1..{MAX_SHEET_ROWS}"
    if not 1 <= grader.sheets <= MAX_SHEETS:
        yield ("sheets",), f"{grader.sheets} lies outside 1..{MAX_SHEETS}"
    if not 1 <= grader.fill_down <= grader.rows:
        yield ("fill_down",), f"{grader.fill_down} lies outside 1..{grader.rows}, the rows of data"
    yield from _not_negative(("tolerance",), grader.tolerance)
    for name, index in _repeats(column.name for column in grader.columns):
        yield ("columns", index, "name"), f"{name!r} is already the name of another column"
    for index, column in enumerate(grader.columns):
        if column.low > column.high:
            yield ("columns", index, "low"), f"{column.low:g} is greater than high, {column.high:g}"
        if column.values == "choice" and not column.choices:
            yield ("columns", index, "choices"), "a choice column needs choices"
    letters = {chr(ord("A") + index) for index in range(len(grader.columns))}
    for letter, row in sorted(set(_CELL.findall(_STRING_LITERAL.sub("", grader.reference)))):
        if f"{letter}{row}" in grader.cells:
            continue
        if letter not in letters or int(row) > grader.rows + 1:
            yield ("reference",), f"{letter}{row} lies outside the sheet's columns, rows and cells"


def _repeats(values: Iterable[str]) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield value, index
        seen.add(value)


def check_plan(plan: InterviewPlan) -> Iterator[Finding]:
    """Problems of the plan itself; ``check_question`` covers its questions."""
    if not _ID.fullmatch(plan.id):
        yield ("id",), f"{plan.id!r} must be lower-case letters, digits and hyphens, at most 64"
    for name in ("title", "role", "greeting", "closing", "consent", "version", "persona"):
        if not getattr(plan, name).strip():
            yield (name,), "is empty"
    if not _LANGUAGE.fullmatch(plan.language):
        yield ("language",), f"{plan.language!r} is not a language code such as en or pt-BR"
    elif not is_supported(plan.language):
        yield ("language",), f"{plan.language!r} is not supported; supported: {', '.join(SUPPORTED)}"
    if not plan.skills:
        yield ("skills",), "must not be empty: a plan needs at least one skill"
    used = {question.skill for question in plan.questions}
    for skill, weight in plan.skills.items():
        yield from _positive(("skills", skill), weight)
        if skill not in used:
            yield ("skills", skill), "no question of this plan measures it"
    for name in ("hint_budget", "max_follow_ups", "max_clarifications"):
        yield from _not_negative((name,), getattr(plan, name))
    yield from _positive(("time_budget_s",), plan.time_budget_s)
    if plan.time_budget_s > MAX_TIME_BUDGET_S:
        yield ("time_budget_s",), f"{plan.time_budget_s:g} s is more than a day"
    if len(plan.questions) > MAX_QUESTIONS:
        yield ("questions",), f"{len(plan.questions)} questions, at most {MAX_QUESTIONS} fit one plan"
    yield from _positive(("adaptive", "stop_se"), plan.adaptive.stop_se)
    if plan.adaptive.randomesque < 1:
        yield ("adaptive", "randomesque"), f"{plan.adaptive.randomesque} must be at least 1"
    if not 0 <= plan.pauses.at_most <= MAX_PAUSES:
        yield ("pauses", "at_most"), f"{plan.pauses.at_most} lies outside 0..{MAX_PAUSES}"
    if not 0 < plan.pauses.days <= MAX_PAUSE_DAYS:
        yield ("pauses", "days"), f"{plan.pauses.days:g} must be greater than 0 and at most {MAX_PAUSE_DAYS:g}"
    if not 0 <= plan.reply_within_days <= MAX_REPLY_DAYS:
        yield ("reply_within_days",), f"{plan.reply_within_days} lies outside 0..{MAX_REPLY_DAYS}"
    for policy, index in _repeats(plan.policies):
        yield ("policies", index), f"{policy!r} is listed twice"
    yield from _check_composites(plan)
    yield from _check_phases(plan)


def _check_composites(plan: InterviewPlan) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, skills in plan.composites.items():
        if not skills:
            yield ("composites", name), "names no skill that measures it"
        for index, skill in enumerate(skills):
            if skill not in plan.skills:
                yield ("composites", name, index), f"{skill!r} is not a skill of the plan{nearest(skill, plan.skills)}"
            elif skill in owner:
                yield ("composites", name, index), f"{skill!r} already belongs to {owner[skill]!r}"
            owner.setdefault(skill, name)
    missing = [skill for skill in plan.skills if skill not in owner]
    if plan.composites and missing:
        yield ("composites",), f"leave out {', '.join(missing)}; each skill belongs to one composite"


def check_skills(questions: Iterable[q.Question], skills: Collection[str]) -> Iterator[Finding]:
    """Questions whose skill is not in the plan; paths begin with the question's index."""
    for index, question in enumerate(questions):
        if question.skill not in skills:
            yield (index, "skill"), f"{question.skill!r} is not a skill of the plan{nearest(question.skill, skills)}"


def _check_phases(plan: InterviewPlan) -> Iterator[Finding]:
    if not plan.phases:
        yield ("phases",), "must not be empty: a plan needs at least one phase"
    for name, index in _repeats(phase.name for phase in plan.phases):
        yield ("phases", index, "name"), f"{name!r} is already the name of another phase"
    core = [(question, index, place) for index, p in enumerate(plan.phases) for place, question in enumerate(p.core)]
    counts = Counter(question for question, _, _ in core)
    seen: set[str] = set()
    for question_id, index, place in core:
        path: PathKey = ("phases", index, "core", place)
        if question_id not in plan.by_id:
            yield path, f"no question has the id {question_id!r}{nearest(question_id, plan.by_id)}"
        elif counts[question_id] > 1 and question_id in seen:
            yield path, f"{question_id!r} would be asked twice"
        seen.add(question_id)
    total_s = 0.0
    for index, phase in enumerate(plan.phases):
        total_s += max(phase.time_budget_s, 0.0)
        for relative, problem in _check_phase(plan, phase, set(counts)):
            yield ("phases", index, *relative), problem
    if total_s > plan.time_budget_s:
        yield ("time_budget_s",), f"{plan.time_budget_s:g} s is less than the phases' {total_s:g} s together"


def _check_phase(plan: InterviewPlan, phase: PhasePlan, core: set[str]) -> Iterator[Finding]:
    yield from _positive(("time_budget_s",), phase.time_budget_s)
    for index, skill in enumerate(phase.skills):
        if skill not in plan.skills:
            yield ("skills", index), f"{skill!r} is not a skill of the plan{nearest(skill, plan.skills)}"
    if phase.adaptive < 0:
        yield ("adaptive",), f"{phase.adaptive} must not be negative"
        return
    if not phase.core and not phase.adaptive:
        yield (), "has no questions: give it core questions or an adaptive block"
    asked_s = sum(plan.by_id[found].answer_s for found in phase.core if found in plan.by_id)
    if asked_s > phase.time_budget_s > 0:
        yield ("time_budget_s",), f"{phase.time_budget_s:g} s is less than the {asked_s:g} s its core questions take"
    pool = [question for question in plan.questions if question.id not in core and eligible(question, phase)]
    if len(pool) < phase.adaptive:
        yield ("adaptive",), f"asks for {phase.adaptive} questions, but only {len(pool)} fit its types and skills"


def eligible(question: q.Question, phase: PhasePlan) -> bool:
    """Whether the phase's adaptive block may ask this question: it is graded and of the phase's types and skills."""
    if isinstance(question.grader, q.Ungraded):
        return False
    return (not phase.types or question.type in phase.types) and (not phase.skills or question.skill in phase.skills)
