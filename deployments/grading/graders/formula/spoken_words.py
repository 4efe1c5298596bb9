"""The words of a spoken formula: "a2 is greater than ninety" becomes a cell, a comparison and a number."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from deployments.grading.graders.formula.functions import ALLOWED, OUTSIDE, VOLATILE
from interview.text.number_lexemes import lex
from interview.text.number_vocabulary import as_text
from interview.text.number_words import NumberReader


class Word(Struct, frozen=True):
    """``kind``: cell, function, operator, number, text (quoted), open, close, bracket (either), comma, then, else,
    where, value (TRUE), blank, verb, filler, or word."""

    kind: str
    text: str


#: Phrases in the order in which they are tried at a place; each gives a kind and a text.
_PHRASES: tuple[tuple[str, str, str], ...] = (
    ("operator", ">=", r"(?:is |are )?(?:greater|bigger|larger|more) (?:than )?or equal(?: to| than)?|(?:is |are )?at least|(?:is )?no less than|(?:is )?not less than"),
    ("operator", "<=", r"(?:is |are )?(?:less|smaller|lower|fewer) (?:than )?or equal(?: to| than)?|(?:is |are )?at most|(?:is )?no more than|(?:is )?not (?:greater|more) than|up to"),
    ("blank", "<>", r"(?:is|are) not (?:blank|empty)"),
    ("blank", "=", r"(?:is|are) (?:blank|empty)"),
    ("operator", "<>", r"(?:is |are )?not equal(?: to)?|(?:is|are|does) not(?: equal)?|isn't|doesn't equal|(?:is )?different from|unequal(?: to)?"),
    ("between", "between", r"(?:is |lies )?between"),
    ("operator", ">", r"(?:is |are )?(?:greater|more|bigger|larger|higher) than|(?:is |are )(?:above|over)(?= \d)|above(?= \d)|exceeds|greater"),
    ("operator", "<", r"(?:is |are )?(?:less|smaller|lower|fewer) than|(?:is |are )?(?:below|under)(?= \d)"),
    ("operator", "=", r"(?:is |are )?equals?(?: to)?(?: signs?)?|is(?= (?:\d|true|false|\"|[a-z]{1,2}\d))"),
    ("open", "(", r"(?:open(?:ing)?|left) (?:round )?(?:parenthes[ie]s|parens?|brackets?)"),
    ("close", ")", r"(?:clos(?:e|ed|ing)|right|end) (?:round )?(?:parenthes[ie]s|parens?|brackets?)"),
    ("bracket", "", r"parenthes[ie]s|parens?|brackets?"),
    ("operator", "/", r"divided by|over|slash|forward slash"),
    ("operator", "*", r"multiplied (?:by|with)|times|star|asterisk"),
    ("squared", "^2", r"squared"),
    ("squared", "^3", r"cubed"),
    ("operator", "^", r"(?:raised )?to the power(?: of)?|caret|hat|raised to(?: the)?"),
    ("operator", "+", r"plus"),
    ("operator", "-", r"minus|hyphen|dash"),
    ("operator", "&", r"ampersand|concatenated with|joined with"),
    ("percent", "%", r"percent(?: sign)?|per cent"),
    ("comma", ",", r"comma|semi ?colon"),
    ("colon", ":", r"colon"),
    ("else", "", r"else|otherwise"),
    ("then", "", r"then"),
    ("where", "", r"where|whenever|when|with|(?:that|which) (?:are|is)|if they are"),
    ("blank-text", '""', r"(?:an )?empty (?:text|string)|(?:a )?blank(?: (?:text|string))?|nothing"),
    ("value", "TRUE", r"true"),
    ("value", "FALSE", r"false|exact(?:ly)? match(?:es)?|exact"),
    ("value", "TRUE", r"approximate match"),
    ("filler", "", r"um+|uh+|er+m?|hmm+|okay|well|basically|please|like|so|you know|i (?:would|will) (?:use|say|write|type|put)|"
                   r"i'(?:d|ll) (?:use|say|write|type|put)|(?:i think )?(?:it|that) (?:would be|is|'s)|it's|that's|"
                   r"(?:the|my) (?:formula|answer)(?: (?:is|would be|should be))?|use|write|type|enter|put|of the|the|"
                   r"(?:all )?(?:the )?values? (?:in|from|of)|(?:in )?cells?|(?:in )?(?:the )?range|function|formula|all(?= )"),
)  # fmt: skip
_SPOKEN_NAMES: tuple[tuple[str, str], ...] = (
    (r"([vhx]) ?look ?up", r"\1LOOKUP"),
    (r"(sum|count|average|max|min) ?ifs", r"\1IFS"),
    (r"(sum|count|average) ?if", r"\1IF"),
    (r"count ?blanks?", "COUNTBLANK"),
    (r"count ?a(?= (?:of|unique|[a-z]{1,2}\$?\d))|counta", "COUNTA"),
    (r"if ?error", "IFERROR"),
    (r"if ?n ?a", "IFNA"),
    (r"sum ?products?", "SUMPRODUCT"),
    (r"round ?(up|down)", r"ROUND\1"),
    (r"text ?join", "TEXTJOIN"),
    (r"end of month|e o ?month", "EOMONTH"),
    (r"mean|avg", "AVERAGE"),
    (r"maximum", "MAX"),
    (r"minimum", "MIN"),
    (r"total|add up|sum up", "SUM"),
    (r"length", "LEN"),
    (r"lower ?case", "LOWER"),
    (r"upper ?case", "UPPER"),
    (r"absolute(?: value)?", "ABS"),
    (r"concatenate", "CONCATENATE"),
    (r"square root", "SQRT"),
    (r"(?:sample )?standard deviation", "STDEV.S"),
)
_VERBS = {"multiply": "*", "divide": "/", "add": "+", "subtract": "-"}
_KNOWN = frozenset(name.lower() for name in ALLOWED | VOLATILE | OUTSIDE if len(name) > 1) - {
    "take",
    "true",
    "false",
    "decimal",
    "let",
}
#: Words that may precede digits and are not columns.
_NO_COLUMNS = frozenset({"to", "is", "if", "of", "and", "or", "by", "the", "at", "in", "on", "for", "as", "mod", "int", "abs", "max", "min", "sum", "row", "not", "let"})  # fmt: skip
_LETTERS = {
    "eh": "a",
    "ay": "a",
    "bee": "b",
    "be": "b",
    "see": "c",
    "sea": "c",
    "dee": "d",
    "ee": "e",
    "eff": "f",
    "gee": "g",
}
_CELL = r"(?:\$ ?)?[a-z]{1,3}(?:\$ ?| )?\$?\d{1,5}"
_NUMBER_WORD = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|point)"
)
_QUOTED = re.compile(
    r"\b(?:open(?:ing)? |start )?(?:double )?(?:quotation marks?|quotes?)\b(.*?)"
    r"(?:\b(?:clos(?:e|ing) |end |un)?(?:double )?(?:quotation marks?|quotes?)\b|\bunquote\b|$)"
)
_SCANNERS = tuple(
    (kind, text, re.compile(rf"(?:{pattern})(?![\w'])")) for kind, text, pattern in _PHRASES
)  # fmt: skip
_NAMES = tuple((re.compile(rf"(?:{pattern})(?![\w'])"), name) for pattern, name in _SPOKEN_NAMES)
_RANGE = re.compile(rf"({_CELL})(?: ?(?:to|through|until|till|up to|colon|:|-|and down to) ?({_CELL}))?(?!\w)")
_COLUMN = re.compile(r"(?:whole |entire )?column ([a-z]{1,2})(?: (?:to|through) (?:column )?([a-z]{1,2}))?(?!\w)")
_ORDINAL_COLUMN = re.compile(
    r"(?:the )?column (?:number )?(\d+)(?!\w)|(?:the )?(first|second|third|fourth|fifth) column(?!\w)"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?(?!\w)")
_SYMBOL = re.compile(r"<>|>=|<=|[-+*/^&=<>%(),;]")
_SIGNS_IN_TEXT = {"space": " ", "comma": ",", "colon": ":", "semicolon": ";", "dot": ".", "underscore": "_", "": ""}
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def spoken_words(said: str) -> list[Word]:
    """The words of a formula as it is said, fillers left out."""
    text = _plain(said)
    quoted: list[str] = []

    def keep(found: re.Match[str]) -> str:
        quoted.append(found.group(1).strip())
        return f' "{len(quoted) - 1}" '

    text = re.sub(r'"([^"]*)"', keep, text)
    text = _QUOTED.sub(keep, text)
    text = re.sub(r"\s+", " ", text).strip()
    return _without_fillers(list(_scan(text, quoted)))


def _without_fillers(words: list[Word]) -> list[Word]:
    """The words without fillers and without the commas around them ("use, like, average")."""
    kept: list[Word] = []
    pause = True
    for word in words:
        if word.kind == "filler":
            if kept and kept[-1].kind == "comma":
                kept.pop()
            pause = True
        elif word.kind != "comma" or not pause:
            kept.append(word)
            pause = False
    return kept


def _plain(said: str) -> str:
    """Lower case, number words as digits, "dollar" as ``$``, letters that were heard as words as letters."""
    text = said.casefold().replace("’", "'").replace("“", '"').replace("”", '"').replace("×", "*").replace("÷", "/")
    spelt = re.search(r"\b(?:comma|bracket|paren|parenthesis|colon)\b", text) is not None
    text = re.sub(r"[?!]|\.(?=\s|$)|…", " ", text)
    if spelt:
        text = re.sub(r",(?=\s|$)", " ", text)
    text = re.sub(r"\bdollar(?: signs?)?\b ?", "$", text)
    text = re.sub(rf"\b{_NUMBER_WORD}(?:[ -](?:and )?{_NUMBER_WORD})*\b", _digits, text)
    letters = "|".join(_LETTERS)
    text = re.sub(rf"\b({letters})(?= ?\d)", lambda found: _LETTERS[found[1]], text)
    return re.sub(r"\$ (?=\w)", "$", text)


def _digits(found: re.Match[str]) -> str:
    reading = NumberReader(lex(found.group())).read(0)
    return as_text(reading.value) if reading is not None else found.group()


def _scan(text: str, quoted: list[str]) -> Iterator[Word]:
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        word, at = _next(text, at, quoted)
        yield word


def _next(text: str, at: int, quoted: list[str]) -> tuple[Word, int]:
    """The word that begins at a place, and its end."""
    if found := re.compile(r'"(\d+)"').match(text, at):
        return Word("text", _quotation(quoted[int(found[1])])), found.end()
    if (found := _ORDINAL_COLUMN.match(text, at)) is not None:
        return Word("number", found[1] or str(_ORDINALS.index(found[2]) + 1)), found.end()
    if (found := _COLUMN.match(text, at)) is not None:
        return Word("cell", f"{found[1]}:{found[2] or found[1]}".upper()), found.end()
    if (cell := _cell(text, at)) is not None:
        return cell
    for pattern, name in _NAMES:
        if found := pattern.match(text, at):
            return Word("function", found.expand(name).upper()), found.end()
    for kind, shown, pattern in _SCANNERS:
        if found := pattern.match(text, at):
            return Word(kind, shown), found.end()
    if found := _NUMBER.match(text, at):
        return Word("number", found.group().replace(",", ".")), found.end()
    if found := _SYMBOL.match(text, at):
        return _symbol(found.group()), found.end()
    found = re.compile(r"[\w.']+").match(text, at)
    if found is None:
        return Word("word", text[at]), at + 1
    said = found.group()
    if said in _VERBS:
        return Word("verb", _VERBS[said]), found.end()
    return Word("function" if said in _KNOWN else "word", said.upper() if said in _KNOWN else said), found.end()


def _cell(text: str, at: int) -> tuple[Word, int] | None:
    found = _RANGE.match(text, at)
    if found is None:
        return None
    first, last = found[1], found[2]
    name = re.sub(r"[$\d ]", "", first)
    apart = " " in first and "$" not in first
    if name in _NO_COLUMNS or (apart and len(name) > 1):
        return None
    if last is not None and re.sub(r"[$\d ]", "", last) in _NO_COLUMNS:
        last, end = None, at + len(first)
    else:
        end = found.end()
    shown = ":".join(one.replace(" ", "").upper() for one in (first, last) if one)
    return Word("cell", shown), end


def _symbol(sign: str) -> Word:
    kind = {"(": "open", ")": "close", ",": "comma", ";": "comma", "%": "percent"}.get(sign, "operator")
    return Word(kind, "," if sign == ";" else sign)


def _quotation(said: str) -> str:
    """The text between quotation marks: a comparison in words becomes a criterion, "slash" a sign."""
    if said in _SIGNS_IN_TEXT:
        return _SIGNS_IN_TEXT[said]
    text = said
    for kind, sign, pattern in _SCANNERS:
        if kind == "operator" and sign in (">=", "<=", "<>", ">", "<") and (found := pattern.match(text)):
            text = sign + text[found.end() :].strip()
            break
    text = re.sub(r"\s*\b(?:forward )?slash\b\s*", "/", text)
    text = re.sub(r"\s*\b(?:dash|hyphen)\b\s*", "-", text)
    text = re.sub(r"\s*\b(?:dot|point)\b\s*", ".", text)
    return re.sub(r"\s*\b(?:star|asterisk)\b\s*", "*", text).strip()
