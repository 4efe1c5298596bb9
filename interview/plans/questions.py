"""Questions as authors write them: prompt, hints, grader with its key, rubric, item parameters.

The key, the rubric and the reference answers never reach a candidate; ``QuestionCard`` holds the public part.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from msgspec import Struct

QuestionType = Literal["opener", "technical", "experience", "problem_solving", "behavioral", "clarification"]
AnswerMode = Literal["spoken", "choice", "number", "formula", "text"]


class Difficulty(Struct, frozen=True, forbid_unknown_fields=True):
    """Item parameters: discrimination ``a`` in (0, 4], difficulty ``b`` (θ units, -4..4), guessing ``c`` in [0, 1).

    ``c`` is for choices. ``provisional``: estimated by judgement, not from candidates' answers.
    """

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    provisional: bool = True


class Hint(Struct, frozen=True, forbid_unknown_fields=True):
    """One hint of a hint ladder; ``cost`` in [0, 1] is deducted from the answer's score."""

    text: str
    cost: float = 0.1


class RubricLevel(Struct, frozen=True, forbid_unknown_fields=True):
    """A behaviourally anchored level: the evidence that defines it. ``score`` in [0, 1]."""

    level: int
    score: float
    anchor: str


class Criterion(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    levels: tuple[RubricLevel, ...]
    weight: float = 1.0


class KeyPoint(Struct, frozen=True, forbid_unknown_fields=True):
    """A point that a good answer makes, with alternative wordings."""

    text: str
    variants: tuple[str, ...] = ()
    weight: float = 1.0


class ReferenceAnswers(Struct, frozen=True, forbid_unknown_fields=True):
    """Model answers at three levels, for coverage grading, calibration and personas."""

    strong: str
    average: str
    weak: str


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """``aliases``: other words that candidates use for the option ("a bigger sample"); part of the key, never shown."""

    id: str
    text: str
    aliases: tuple[str, ...] = ()


class ShownOption(Struct, frozen=True):
    """An option as the candidate sees it."""

    id: str
    text: str


class GraderSpec(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of the grader specifications; ``kind`` in the YAML selects the subclass."""


class Exact(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="exact"):
    accepted: tuple[str, ...]
    case_sensitive: bool = False


class MultipleChoice(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="multiple_choice"):
    """``answer`` is the id of the one right option."""

    options: tuple[Option, ...]
    answer: str


class MultiSelect(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="multi_select"):
    """Partial credit: (right picks - wrong picks) / right options, floored at 0."""

    options: tuple[Option, ...]
    answers: tuple[str, ...]


class Ordered(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="ordered"):
    """``answer`` lists the items in the right order; partial credit by concordant pairs (Kendall)."""

    answer: tuple[str, ...]


class ShortText(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="short_text"):
    """Accepted variants, compared after normalisation; ``similarity`` in [0, 1] is the minimum for a typo to pass."""

    accepted: tuple[str, ...]
    similarity: float = 0.88


class Numeric(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="numeric"):
    """A number. ``unit`` is a pint unit, ``%`` or a currency code; a range is given by ``low`` and ``high``."""

    value: float
    tolerance_abs: float = 0.0
    tolerance_rel: float = 0.0
    unit: str | None = None
    unit_required: bool = False
    low: float | None = None
    high: float | None = None


class Symbolic(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="symbolic"):
    """An expression that must be mathematically equal to ``expression``."""

    expression: str


#: Contents of randomised sheets besides plain values; ``none`` keeps a column plain.
EdgeCase = Literal[
    "none", "blank", "zero", "negative", "duplicate", "text", "case", "space", "large", "error", "all_blank"
]


class SheetColumn(Struct, frozen=True, forbid_unknown_fields=True):
    """One column of the randomised sheets: a header in row 1, values below it.

    ``values`` picks the generator: ``integer``, ``decimal``, ``text``, ``date``, ``boolean`` or ``choice``.
    ``low``/``high`` bound numbers (dates: spreadsheet serials); ``choices`` are drawn for ``choice``.
    """

    name: str
    values: Literal["integer", "decimal", "text", "date", "boolean", "choice"] = "integer"
    low: float = 0.0
    high: float = 100.0
    choices: tuple[str, ...] = ()
    edge_cases: tuple[EdgeCase, ...] = ()


class Formula(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="formula"):
    """A spreadsheet formula graded by behaviour against ``reference`` on ``sheets`` randomised sheets.

    Columns take letters A, B, … in order; ``rows`` data rows start at row 2. ``cells`` sets further fixed cells, such
    as ``{"E1": "North"}``. ``fill_down``: the formula is copied down over this many rows from row 2, and every copy
    must agree. That tells a range with ``$`` from one without. ``ignore_case``: texts may
    differ in case.
    """

    reference: str
    columns: tuple[SheetColumn, ...]
    rows: int = 10
    sheets: int = 20
    cells: dict[str, float | str] = {}
    tolerance: float = 1e-6
    fill_down: int = 1
    ignore_case: bool = False


class RubricGrading(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="rubric"):
    """An open answer: graded by the model judge against the rubric, or by key-point coverage when there is none."""

    samples: int = 3


class Ungraded(GraderSpec, frozen=True, forbid_unknown_fields=True, tag="none"):
    """Unscored: greetings, closings, logistics."""


AnyGrader = (
    Exact | MultipleChoice | MultiSelect | Ordered | ShortText | Numeric | Symbolic | Formula | RubricGrading | Ungraded
)


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a bank. ``answer_s`` is the usual answering time in seconds, probes included.

    ``probes`` are asked of every candidate who answers, in order and word for word; ``follow_ups`` only where an answer
    needs one. ``clarifications`` maps topics (words, alternatives separated by commas: "scale, load") to the facts that
    a candidate who asks for them is told; they make a question back no part of the answer. ``rephrased`` is the prompt
    in other words, for a candidate who does not understand it; it adds nothing to it.
    """

    id: str
    type: QuestionType
    skill: str
    prompt: str
    grader: AnyGrader
    difficulty: Difficulty = Difficulty()
    probes: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    clarifications: dict[str, str] = {}
    rephrased: str = ""
    hints: tuple[Hint, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    key_points: tuple[KeyPoint, ...] = ()
    reference: ReferenceAnswers | None = None
    topics: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    answer_s: float = 90.0

    @property
    def answer_mode(self) -> AnswerMode:
        match self.grader:
            case MultipleChoice() | MultiSelect():
                return "choice"
            case Numeric():
                return "number"
            case Formula():
                return "formula"
            case Exact() | ShortText() | Ordered() | Symbolic():
                return "text"
            case RubricGrading() | Ungraded():
                return "spoken"

    @property
    def planned_follow_ups(self) -> tuple[str, ...]:
        """The probes, then the follow-ups, in the order in which they are asked."""
        return (*self.probes, *self.follow_ups)

    @property
    def is_scored(self) -> bool:
        """Whether the answer is graded; openers and closings are not."""
        return not isinstance(self.grader, Ungraded)

    @property
    def is_open(self) -> bool:
        """Whether a rubric, rather than a key, decides the grade."""
        match self.grader:
            case RubricGrading():
                return True
            case (
                Exact()
                | MultipleChoice()
                | MultiSelect()
                | Ordered()
                | ShortText()
                | Numeric()
                | Symbolic()
                | Formula()
                | Ungraded()
            ):
                return False

    @property
    def options(self) -> tuple[ShownOption, ...]:
        """The options to choose from; empty for a question without options."""
        match self.grader:
            case MultipleChoice(options=options) | MultiSelect(options=options):
                return tuple(ShownOption(option.id, option.text) for option in options)
            case Exact() | Ordered() | ShortText() | Numeric() | Symbolic() | Formula() | RubricGrading() | Ungraded():
                return ()


class QuestionCard(Struct, frozen=True):
    """The part of a question that the candidate may see.

    ``multiple``: several ``options`` may be right. ``items`` are to be put in order; their own order says nothing.
    ``hint_costs`` in [0, 1]: what each hint of the ladder takes off the answer's score, without the hints.
    """

    question_id: str
    question_type: QuestionType
    prompt: str
    answer_mode: AnswerMode
    skill: str
    options: tuple[ShownOption, ...] = ()
    columns: tuple[str, ...] = ()
    multiple: bool = False
    items: tuple[str, ...] = ()
    hint_costs: tuple[float, ...] = ()


def card_of(question: Question) -> QuestionCard:
    columns: tuple[str, ...] = ()
    if isinstance(question.grader, Formula):
        columns = tuple(column.name for column in question.grader.columns)
    return QuestionCard(
        question_id=question.id,
        question_type=question.type,
        prompt=question.prompt,
        answer_mode=question.answer_mode,
        skill=question.skill,
        options=question.options,
        columns=columns,
        multiple=isinstance(question.grader, MultiSelect),
        items=_in_no_order(question.grader.answer) if isinstance(question.grader, Ordered) else (),
        hint_costs=tuple(hint.cost for hint in question.hints),
    )


def _in_no_order(items: tuple[str, ...]) -> tuple[str, ...]:
    """The items in an order that tells nothing of the key, the same in every process."""
    return tuple(sorted(items, key=lambda item: (hashlib.sha256(item.encode()).digest(), item)))
