"""No near miss of a reference reaches "strong": each is told apart on the sheets of its question."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from deployments.grading.graders.formula.engine.evaluator import Evaluation
from deployments.grading.graders.formula.engine.syntax import filled_down
from deployments.grading.graders.formula.evaluate import FormulaJob, FormulaVerdict, run
from deployments.grading.graders.formula.grader import score_of
from deployments.grading.graders.formula.screen import Screened, parsed, screen
from deployments.grading.graders.formula.sheets import extent_of, place_of
from interview.grades import level_of
from interview.plans.files import load_bank
from interview.plans.questions import Formula, SheetColumn

BANKS = Path(__file__).parents[4] / "configs" / "interviews" / "banks"
REGION = SheetColumn("Region", "choice", choices=("North", "South", "East"), edge_cases=("blank",))
REP = SheetColumn("Rep", "choice", choices=("Ann", "Bob", "Cid"))
AMOUNT = SheetColumn("Amount", low=1, high=200)
PRICE = SheetColumn("Price", "decimal", low=1, high=60)
DAY = SheetColumn("Day", "date", low=45_200, high=45_500)
CODE = SheetColumn("Code", "choice", choices=("P1", "P2", "P3", "P4", "P5"))
CITY = SheetColumn("City", "choice", choices=("Oslo", "Rome", "Lima"), edge_cases=("none",))
REVENUE = SheetColumn("Revenue", low=10, high=900, edge_cases=("none",))
OWN = (
    Formula('=SUMIFS(C2:C21,A2:A21,"North",B2:B21,"Ann")', (REGION, REP, AMOUNT), rows=20),
    Formula('=COUNTIFS(A2:A21,"North",B2:B21,">=100")', (REGION, AMOUNT), rows=20),
    Formula('=SUMIF(A2:A11,">50")', (AMOUNT,)),
    Formula('=AVERAGEIF(A2:A11,"South",B2:B11)', (REGION, PRICE)),
    Formula('=MAXIFS(B2:B11,A2:A11,"East")', (REGION, AMOUNT)),
    Formula('=COUNTIFS(A2:A21,">="&DATE(2024,1,1),A2:A21,"<"&DATE(2024,2,1))', (DAY,), rows=20),
    Formula('=IF(A2>=90,"A",IF(A2>=80,"B",IF(A2>=70,"C","D")))', (SheetColumn("Score", low=50, high=100),), rows=1),
    Formula("=VLOOKUP(E1,A2:B11,2,FALSE)", (CODE, PRICE), cells={"E1": "P3"}),
    Formula('=IFERROR(INDEX(B2:B11,MATCH(E1,A2:A11,0)),"none")', (CODE, PRICE), cells={"E1": "P3"}),
    Formula('=XLOOKUP(E1,A2:A11,B2:B11,"none")', (CODE, PRICE), cells={"E1": "P2"}),
    Formula("=SUMPRODUCT((A2:A11>20)*B2:B11)", (AMOUNT, PRICE)),
    Formula("=RANK(A2,$A$2:$A$11)", (AMOUNT,), fill_down=3),
    Formula("=LARGE(A2:A11,3)-SMALL(A2:A11,2)", (AMOUNT,)),
    Formula("=ROUND(A2*1.19,2)", (PRICE,), rows=1),
    Formula("=FILTER(A2:A11,B2:B11>50)", (CODE, AMOUNT)),
    Formula("=COUNTA(UNIQUE(A2:A11))", (CITY,)),
    Formula("=AND(A2>10,A2<=20)", (SheetColumn("N", low=1, high=30),), rows=1),
    Formula('=SUMIFS(C2:C31,B2:B31,">=40",B2:B31,"<60",A2:A31,"East")', (REGION, AMOUNT, PRICE), rows=30),
    Formula("=SUM(IF((A2:A11>=10)*(A2:A11<=90),B2:B11))", (AMOUNT, PRICE)),
    Formula('=IFS(A2<18,"child",A2<65,"adult",TRUE,"senior")', (SheetColumn("Age", low=0, high=90),), rows=1),
    Formula("=MAX(A2:A11)-MIN(A2:A11)", (PRICE,)),
    Formula('=TEXTJOIN(", ",TRUE,FILTER(A2:A11,B2:B11<100))', (CODE, AMOUNT)),
    Formula("=A2*(1+$D$1)", (AMOUNT,), cells={"D1": 0.2}, fill_down=3),
)  # fmt: skip
SWAPS = (
    (r">=", ">"), (r"<=", "<"), (r"(?<![<>])>(?![=])", ">="), (r"<(?![=>])", "<="), (r"FALSE", "TRUE"),
    (r",0\)", ",1)"),
    (r"\bSUM\(", "AVERAGE("), (r"\bLARGE\(", "SMALL("), (r"\bMAXIFS\(", "MINIFS("), (r"\bSUMIFS\(", "AVERAGEIFS("),
    (r"\bAND\(", "OR("), (r"\bROUND\(", "ROUNDUP("), (r"\bAVERAGEIF\(", "SUMIF("), (r"\*", "+"),
    (r"(?<=\d)-(?=[A-Z])", "+"),
    (r"\$", ""),
)  # fmt: skip


def references() -> list[Formula]:
    questions = [question for path in sorted(BANKS.glob("*.yaml")) for question in load_bank(path)]
    return [*(one.grader for one in questions if isinstance(one.grader, Formula)), *OWN]


def near_misses(formula: str) -> Iterator[str]:
    """Mutations of the text, independent of those that the sheets are chosen with."""
    for pattern, other in SWAPS:
        for found in re.finditer(pattern, formula):
            yield formula[: found.start()] + other + formula[found.end() :]
    for found in re.finditer(r"(?<![A-Z\d$.])\d+(?![\d.]*:)", formula):
        for step in (1, -1):
            yield f"{formula[: found.start()]}{int(found.group()) + step}{formula[found.end() :]}"
    bounds = list(re.finditer(r"([A-Z]\$?)(\d+):(\$?[A-Z]\$?)(\d+)", formula))
    for top, bottom in ((1, 0), (0, -1), (2, 0), (0, -3)):
        moved = re.sub(
            r"([A-Z]\$?)(\d+):(\$?[A-Z]\$?)(\d+)",
            lambda one, top=top, bottom=bottom: f"{one[1]}{int(one[2]) + top}:{one[3]}{int(one[4]) + bottom}",
            formula,
        )
        yield moved
        for one in bounds:
            changed = f"{one[1]}{int(one[2]) + top}:{one[3]}{int(one[4]) + bottom}"
            yield formula[: one.start()] + changed + formula[one.end() :]


def differs_somewhere(spec: Formula, one: str, other: str) -> bool:
    """Whether two formulas differ on any of many sheets of stated values, most of them near the literals."""
    extent = extent_of(spec)
    left, right = parsed(one, extent), parsed(other, extent)
    numbers = [float(word) for word in re.findall(r"\d+(?:\.\d+)?", spec.reference)]
    if "DATE" in spec.reference:
        numbers += [45_292.0, 45_323.0]
    near = [value + step for value in numbers for step in (-1, -0.01, 0, 0.01, 1)]
    for seed in range(400):
        rng = random.Random(seed)
        cells = {(at, 1): column.name for at, column in enumerate(spec.columns, start=1)}
        for at, column in enumerate(spec.columns, start=1):
            for row in range(2, spec.rows + 2):
                cells[at, row] = value_of(column, near, rng)
        cells |= {place_of(name): float(v) if isinstance(v, int) else v for name, v in spec.cells.items()}
        for row in range(spec.fill_down):
            results = [
                Evaluation(cells, (20, 2 + row), extent).result(filled_down(node, row)) for node in (left, right)
            ]
            if not alike(results[0].rows, results[1].rows):
                return True
    return False


def alike(one: list[list[object]], other: list[list[object]]) -> bool:
    flat, against = [v for row in one for v in row], [v for row in other for v in row]
    return len(flat) == len(against) and all(
        abs(a - b) <= 1e-6 * max(1.0, abs(b)) if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in zip(flat, against, strict=True)
    )


def value_of(column: SheetColumn, near: list[float], rng: random.Random) -> object:
    if column.choices:
        return rng.choice(column.choices)
    fitting = [v for v in near if column.low <= v <= column.high and (column.values == "decimal" or v.is_integer())]
    if fitting and rng.random() < 0.4:
        return rng.choice(fitting)
    if column.values == "decimal":
        return round(rng.uniform(column.low, column.high), 2)
    return float(rng.randint(int(column.low), int(column.high)))


def level(spec: Formula, answer: str, seed: str = "question:0") -> str:
    job = FormulaJob(spec, answer, screened(spec, spec.reference), seed)
    verdict = msgspec.msgpack.decode(run(b"f" + msgspec.msgpack.encode(job)), type=FormulaVerdict)
    return level_of(score_of(verdict)) if not verdict.broken else "missing"


def screened(spec: Formula, formula: str) -> str:
    found = screen(formula, extent_of(spec))
    return found.text if isinstance(found, Screened) else ""


def test_99_of_100_near_misses_of_every_reference_are_not_strong() -> None:
    tried, strong = 0, []
    for spec in references():
        reference = screened(spec, spec.reference)
        for text in dict.fromkeys(near_misses(spec.reference)):
            mutant = screened(spec, text)
            if not mutant or mutant == reference or not differs_somewhere(spec, reference, mutant):
                continue
            tried += 1
            if level(spec, mutant) == "strong":
                strong.append(f"{spec.reference} -> {mutant}")
    assert tried >= 300
    assert len(strong) <= tried / 100, "\n".join(strong)


def test_every_reference_is_strong_itself() -> None:
    for spec in references():
        assert level(spec, screened(spec, spec.reference)) == "strong", spec.reference


@pytest.mark.parametrize(
    ("answer", "strong"),
    [("=A2/SUM($A$2:$A$11)", True), ("=A2/SUM(A$2:A$11)", True), ("=A2/SUM(A2:A11)", False)],
)
def test_a_range_that_moves_is_told_from_one_that_is_held(answer: str, strong: bool) -> None:
    spec = Formula("=A2/SUM($A$2:$A$11)", (REVENUE,), fill_down=3)
    assert (level(spec, screened(spec, answer)) == "strong") == strong


def test_a_lookup_without_its_default_is_told_from_one_with_it() -> None:
    items = SheetColumn("Item", "choice", choices=("Pen", "Pad", "Ink", "Clip"), edge_cases=("none",))
    spec = Formula('=IFERROR(VLOOKUP("Ink",A2:B31,2,FALSE),0)', (items, REVENUE), rows=30)
    assert level(spec, screened(spec, '=VLOOKUP("Ink",A2:B31,2,FALSE)')) != "strong"
    assert level(spec, screened(spec, '=XLOOKUP("Ink",A2:A31,B2:B31,0)')) == "strong"


@pytest.mark.parametrize("number", range(4))
def test_no_plain_sheet_lacks_what_a_reference_without_a_default_looks_up(number: int) -> None:
    customers = SheetColumn("Customer", "choice", choices=("Ada", "Ben", "Cem"), edge_cases=("none",))
    spec = Formula("=XLOOKUP(D1,A2:A11,B2:B11,,0,-1)", (customers, REVENUE), rows=10, cells={"D1": "Ada"})
    answer = screened(spec, "=INDEX(B2:B11,MAX((A2:A11=D1)*(ROW(A2:A11)-1)))")
    assert level(spec, answer, f"question:{number}") == "strong"
