"""Which spreadsheet functions may run, which never do, and the sentence a candidate gets for each refusal."""

from __future__ import annotations

_ALLOWED_TEXT = (
    "SUM AVERAGE MIN MAX COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS SUMIF SUMIFS AVERAGEIF AVERAGEIFS MAXIFS MINIFS "
    "IF IFS SWITCH CHOOSE AND OR NOT XOR TRUE FALSE IFERROR IFNA NA ISBLANK ISNUMBER ISTEXT ISERROR ISNA ISERR "
    "VLOOKUP HLOOKUP XLOOKUP LOOKUP INDEX MATCH XMATCH ROUND ROUNDUP ROUNDDOWN ABS MOD INT TRUNC SIGN SQRT POWER "
    "PRODUCT EXP LN LOG LOG10 CEILING FLOOR EVEN ODD MEDIAN MODE STDEV STDEV.S STDEV.P VAR VAR.S VAR.P "
    "PERCENTILE QUARTILE RANK RANK.EQ RANK.AVG LARGE SMALL SUMPRODUCT SUMSQ UNIQUE FILTER SORT TRANSPOSE ROWS COLUMNS "
    "ROW COLUMN LEFT RIGHT MID LEN TRIM UPPER LOWER PROPER CONCAT CONCATENATE TEXTJOIN TEXT VALUE REPT SUBSTITUTE "
    "REPLACE FIND SEARCH EXACT DATE YEAR MONTH DAY DATEVALUE WEEKDAY EDATE EOMONTH DAYS DATEDIF NETWORKDAYS HOUR "
    "MINUTE SECOND TIME PI"
)
ALLOWED = frozenset(_ALLOWED_TEXT.split())

_VOLATILE_TEXT = "NOW TODAY RAND RANDBETWEEN RANDARRAY OFFSET INDIRECT CELL INFO"
_OUTSIDE_TEXT = (
    "WEBSERVICE FILTERXML ENCODEURL HYPERLINK IMAGE RTD STOCKHISTORY CALL REGISTER REGISTER.ID EVALUATE EXEC DDE "
    "DDEINITIATE IMPORTDATA IMPORTXML IMPORTHTML IMPORTFEED IMPORTRANGE GOOGLEFINANCE GOOGLETRANSLATE QUERY "
    "CUBEVALUE CUBEMEMBER CUBESET CUBEKPIMEMBER SQL.REQUEST RUN FOPEN FWRITE HALT"
)
_PROGRAM_TEXT = "LET LAMBDA MAP REDUCE SCAN MAKEARRAY BYROW BYCOL SEQUENCE MUNIT FACT COMBIN PERMUT ROMAN BASE"
VOLATILE = frozenset(_VOLATILE_TEXT.split())
OUTSIDE = frozenset(_OUTSIDE_TEXT.split())
PROGRAM = frozenset(_PROGRAM_TEXT.split())

#: Functions that take no argument; any other with empty parentheses is unfinished.
WITHOUT_ARGUMENTS = frozenset({"TRUE", "FALSE", "NA", "PI", "ROW", "COLUMN"})


def canonical(name: str) -> str:
    """Upper case, without Excel's ``_xlfn.`` prefixes."""
    upper = name.upper()
    for prefix in ("_XLFN._XLWS.", "_XLFN.", "_XLWS."):
        upper = upper.removeprefix(prefix)
    return upper


def refusal(name: str) -> str | None:
    """Why the function may not run, as a sentence; None when it may."""
    if name in ALLOWED:
        return None
    if name in VOLATILE:
        return f"{name} is refused: it is volatile, so its result changes with every calculation and cannot be graded."
    if name in OUTSIDE or name.startswith(("CUBE", "IMPORT", "DDE")):
        return f"{name} is refused: it reaches outside the sheet (network, files or programs)."
    if name in PROGRAM:
        return f"{name} is refused: this grader runs plain formulas only, no programs or generated arrays."
    return f"{name} is not a function this grader knows."
