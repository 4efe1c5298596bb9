"""The allow-list of spreadsheet functions, and the message for each rejection."""

from __future__ import annotations

from deployments.grading.graders.formula.engine import library
from deployments.grading.graders.formula.engine.registry import FUNCTIONS
from deployments.grading.graders.formula.localised_names import ENGLISH, without_accents

library.load()

ALLOWED = frozenset(FUNCTIONS)

_VOLATILE_TEXT = "NOW TODAY RAND RANDBETWEEN RANDARRAY CELL INFO"
_OUTSIDE_TEXT = (
    "WEBSERVICE FILTERXML ENCODEURL HYPERLINK IMAGE RTD STOCKHISTORY CALL REGISTER REGISTER.ID EVALUATE EXEC DDE "
    "DDEINITIATE IMPORTDATA IMPORTXML IMPORTHTML IMPORTFEED IMPORTRANGE GOOGLEFINANCE GOOGLETRANSLATE QUERY "
    "CUBEVALUE CUBEMEMBER CUBESET CUBEKPIMEMBER SQL.REQUEST RUN FOPEN FWRITE HALT PY"
)
VOLATILE = frozenset(_VOLATILE_TEXT.split())
OUTSIDE = frozenset(_OUTSIDE_TEXT.split())


def canonical(name: str) -> str:
    """The English name in upper case, without Excel's ``_xlfn.`` prefixes; an unknown name is returned unchanged."""
    upper = name.strip().upper()
    for prefix in ("_XLFN._XLWS.", "_XLFN.", "_XLWS."):
        upper = upper.removeprefix(prefix)
    return upper if upper in FUNCTIONS else ENGLISH.get(without_accents(upper), upper)


def refusal(name: str) -> str | None:
    """The reason for which the function is not allowed, as a sentence; None when it is allowed."""
    if name in ALLOWED:
        return None
    if name in VOLATILE:
        return f"{name} is refused: it is volatile, so its result changes with every calculation and cannot be graded."
    if name in OUTSIDE or name.startswith(("CUBE", "IMPORT", "DDE")):
        return f"{name} is refused: it reaches outside the sheet (network, files or programs)."
    return f"{name} is not a function this grader knows."


def arity_problem(name: str, count: int) -> str | None:
    """The reason for which a call with ``count`` arguments is invalid; None when it is valid."""
    function = FUNCTIONS[name]
    if count < function.least:
        return f"{name} is called with too few arguments." if count else f"{name} is called without an argument."
    return f"{name} is called with too many arguments." if count > function.most else None
