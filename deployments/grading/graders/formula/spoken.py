"""Reads spoken formulas: "equals sum of a1 to a10" becomes ``=SUM(A1:A10)``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from deployments.grading.graders.formula.functions import ALLOWED, OUTSIDE, VOLATILE
from interview.text.number_lexemes import lex
from interview.text.number_vocabulary import as_text
from interview.text.number_words import NumberReader

_PHRASES: tuple[tuple[str, str], ...] = (
    (r"greater than or equal to|at least|greater or equal(?: to)?", " >= "),
    (r"less than or equal to|at most|less or equal(?: to)?", " <= "),
    (r"(?:is )?not equal to|is not|does not equal", " <> "),
    (r"is (?:greater|more|bigger|larger) than|(?:greater|more|bigger|larger) than|above", " > "),
    (r"is (?:less|smaller|lower) than|(?:less|smaller|lower) than|below", " < "),
    (r"is equal to|equal to|equal sign|equals sign|equals|equal", " = "),
    (r"(?:open(?:ing)?|left) (?:parenthes[ie]s|paren|bracket|round bracket)", " ( "),
    (r"(?:clos(?:e|ed|ing)|right) (?:parenthes[ie]s|paren|bracket|round bracket)", " ) "),
    (r"(?:open |close |end )?(?:double )?(?:quotation marks?|quotes?)", ' " '),
    (r"divided by", " / "),
    (r"multiplied by|times", " * "),
    (r"to the power of|raised to", " ^ "),
    (r"dollar sign|dollar", " "),
    (r"semi ?colon", " , "),
    (r"colon", " : "),
    (r"comma|then|otherwise|else", " , "),
    (r"plus", " + "),
    (r"minus", " - "),
    (r"ampersand|concatenated with", " & "),
    (r"percent(?: sign)?", " % "),
    (r"in (?:the )?range|the|cells?|of the|values? (?:in|from)|all", " "),
)
_SPOKEN_FUNCTIONS: tuple[tuple[str, str], ...] = (
    (r"(v|h|x) ?look ?up", r"\1LOOKUP"),
    (r"(sum|count|average|max|min) ?ifs", r"\1IFS"),
    (r"(sum|count|average) ?if", r"\1IF"),
    (r"count ?blanks?", "COUNTBLANK"),
    (r"count ?a", "COUNTA"),
    (r"if ?error", "IFERROR"),
    (r"sum ?products?", "SUMPRODUCT"),
    (r"round ?(up|down)", r"ROUND\1"),
    (r"mean|avg", "AVERAGE"),
    (r"maximum", "MAX"),
    (r"minimum", "MIN"),
    (r"total", "SUM"),
    (r"length", "LEN"),
    (r"lower ?case", "LOWER"),
    (r"upper ?case", "UPPER"),
    (r"absolute(?: value)?", "ABS"),
    (r"concatenate", "CONCATENATE"),
    (r"square root", "SQRT"),
)
_CODE = re.compile(r"```(?:\w+\n)?(.*?)```|`([^`]+)`", re.DOTALL)
_LEAD = re.compile(
    r"^(?:formula|answer|it|that|would|be|is|um|uh|so|well|okay|i|think|use|i'd|i'll|my|a|the|you)\b[\s,:]*",
    re.IGNORECASE,
)
#: A longer answer is talk about a formula, not one spelt out.
_MAX_SPOKEN_CHARS = 600
_KNOWN = ALLOWED | VOLATILE | OUTSIDE


class FormulaText(Struct, frozen=True):
    """A formula found in an answer: its text, where it stands there, and whether it was said rather than typed."""

    text: str
    start: int
    end: int
    spoken: bool


def find_formula(answer: str) -> FormulaText:
    """The formula in ``answer``. Typed ones start at "=", stand in backticks, or look like a call; the rest is read as
    speech."""
    code = _CODE.search(answer)
    if code is not None:
        group = 1 if code.group(1) is not None else 2
        return FormulaText(code.group(group).strip(), code.start(group), code.end(group), False)
    typed = re.search(r"(?:(?<=[\s:(])|^)=\s*[A-Za-z0-9(+\-\"${.@#_'\[]", answer)
    if typed is not None:
        line = answer[typed.start() :]
        return FormulaText(line.strip(), typed.start(), typed.start() + len(line.rstrip()), False)
    call = re.search(r"\b[A-Za-z][\w.]{1,20}\(", answer)
    stripped = answer.strip()
    start = answer.find(stripped)
    if call is not None:
        return FormulaText(answer[call.start() :].strip(), call.start(), start + len(stripped), False)
    if re.fullmatch(r"[^a-z]*", stripped) and re.search(r"[A-Z]+\d|\d", stripped):
        return FormulaText(stripped, start, start + len(stripped), False)
    return FormulaText(spoken_formula(answer), start, start + len(stripped), True)


def spoken_formula(said: str) -> str:
    """The formula a sentence spells out; what is not understood stays a word and is refused by the screen later."""
    if len(said) > _MAX_SPOKEN_CHARS:
        return said
    text = re.sub(r"[?!]|[.,](?=\s|$)", " ", said.casefold().replace("’", "'"))
    while (lead := _LEAD.match(text.strip())) is not None and not re.match(r"is (?:greater|less|not)", text.strip()):
        text = text.strip()[lead.end() :]
    for pattern, name in _SPOKEN_FUNCTIONS:
        text = re.sub(rf"\b(?:{pattern})\b", lambda found, name=name: found.expand(name).upper(), text)  # type: ignore[misc]
    text = re.sub(r"\b([a-z]{1,3})[ -]?(\d{1,5})\b", _cell, text)
    text = _cells_in_words(text)
    text = re.sub(r"\bcolumn ([a-z]{1,2})\b", lambda found: f" {found[1].upper()}:{found[1].upper()} ", text)
    text = re.sub(
        r"\b(?:from )?(\$?[A-Z]{1,3}\d+) (?:to|through|until|till|colon) (\$?[A-Z]{1,3}\d+)\b", r" \1:\2 ", text
    )
    for pattern, sign in _PHRASES:
        text = re.sub(rf"\b(?:{pattern})\b", sign, text)
    words = _numbers(text).split()
    if words and words[0] == "=":
        words = words[1:]
    return "=" + _Assembler(words).formula()


def _cell(found: re.Match[str]) -> str:
    letters = found.group(1)
    if letters in ("to", "is", "if", "of", "and", "or", "by", "the", "at", "mod", "int", "abs", "max", "min", "sum"):
        return found.group()
    return f"{letters.upper()}{int(found.group(2))}"


def _cells_in_words(text: str) -> str:
    """ "b twelve" → B12; only a single letter directly before a number word is a cell."""
    lexemes = lex(text)
    reader = NumberReader(lexemes)
    parts: list[str] = []
    copied = 0
    at = 0
    while at + 1 < len(lexemes):
        letter, after = lexemes[at], lexemes[at + 1]
        if (
            letter.kind == "word"
            and len(letter.text) == 1
            and after.kind == "word"
            and after.text not in ("a", "an", "of")
        ):
            reading = reader.read(at + 1)
            if reading is not None and reading.value >= 1 and reading.value == int(reading.value):
                parts.append(text[copied : letter.start] + f"{letter.text.upper()}{int(reading.value)}")
                copied = lexemes[reading.after - 1].end
                at = reading.after
                continue
        at += 1
    return "".join(parts) + text[copied:]


def _numbers(text: str) -> str:
    """Number words in digits; cells and names stay as they are."""
    parts: list[str] = []
    for piece in re.split(r"(\S*[A-Z]\S*|[<>=+*/^&()%:,\"-]+)", text):
        if not piece or re.search(r"[A-Z<>=+*/^&()%:,\"-]", piece):
            parts.append(f" {piece} " if piece else "")
            continue
        lexemes = lex(piece)
        reader = NumberReader(lexemes)
        copied, at, made = 0, 0, ""
        while at < len(lexemes):
            reading = reader.read(at) if lexemes[at].text not in ("a", "an", "point") else None
            if reading is None:
                at += 1
                continue
            made += piece[copied : lexemes[at].start] + as_text(reading.value)
            copied = lexemes[reading.after - 1].end
            at = reading.after
        parts.append(made + piece[copied:])
    return "".join(parts)


class _Assembler:
    """Puts parentheses where speech leaves them out.

    "SUM of a, b" takes the operands that follow and closes; "IF x" without "of" opens and closes at the end.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)

    def formula(self) -> str:
        out: list[str] = []
        depth = 0
        at = 0
        while at < len(self._words):
            word = self._words[at]
            name = word.upper()
            following = self._words[at + 1] if at + 1 < len(self._words) else ""
            if name in _KNOWN and not re.fullmatch(r"[A-Z]{1,3}\d+", name):
                if following == "(":
                    out.append(name)
                elif following in ("of", "for", "from"):
                    inner, at = self._operands(at + 2)
                    out.append(f"{name}({inner})")
                    continue
                else:
                    out.append(f"{name}(")
                    depth += 1
            elif word == '"':
                closing = next((index for index in range(at + 1, len(self._words)) if self._words[index] == '"'), None)
                end = closing if closing is not None else len(self._words)
                out.append('"' + " ".join(self._words[at + 1 : end]) + '"')
                at = end
            elif word in ("of", "and", "is", "a", "an", "to"):
                out.append("," if word == "and" and depth else "")
            elif re.fullmatch(r"[a-z'][a-z' ]*", word):
                run = [word]
                while at + 1 < len(self._words) and re.fullmatch(r"[a-z']+", self._words[at + 1]) and depth:
                    at += 1
                    run.append(self._words[at])
                out.append('"' + " ".join(run) + '"' if depth else " ".join(run))
            else:
                out.append(word)
            at += 1
        return "".join(out) + ")" * depth

    def _operands(self, at: int) -> tuple[str, int]:
        """One or more operands joined by "and" or a comma."""
        parts: list[str] = []
        while at < len(self._words):
            word = self._words[at]
            name = word.upper()
            if name in _KNOWN and not re.fullmatch(r"[A-Z]{1,3}\d+", name):
                if at + 1 < len(self._words) and self._words[at + 1] in ("of", "for", "from"):
                    inner, at = self._operands(at + 2)
                    parts.append(f"{name}({inner})")
                else:
                    break
            elif word in ("a", "an", "of"):
                at += 1
                continue
            elif word == "=":
                break
            else:
                parts.append(word)
                at += 1
            if at < len(self._words) and self._words[at] in ("and", ","):
                at += 1
                continue
            break
        return ",".join(parts), at
