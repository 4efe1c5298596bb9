"""A lexer that splits a text into numbers, words and symbols with offsets. It knows the common digit groupings."""

from __future__ import annotations

import re

from msgspec import Struct

from interview.text.number_vocabulary import number_words_in


class Lexeme(Struct, frozen=True):
    """``kind`` is ``number``, ``word``, ``super`` (a superscript), ``vulgar`` (½) or ``symbol``; words are casefolded.

    ``glued``: no space before it. ``other`` is the second reading of digits whose separator is ambiguous: "1.500" is
    1.5 in English and 1500 in German, "1,500" the reverse.
    """

    kind: str
    text: str
    start: int
    end: int
    glued: bool = False
    other: str = ""


_SPACES = " \u00a0\u2009\u202f"
_NUMBER = "|".join(
    (
        r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\d])(?!,\d)",  # 1,234,567.89
        r"(?<![\d.,])[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?(?!,?\d)",  # 12,34,567.89
        rf"(?<![\d.,])(?<!\d[{_SPACES}])[1-9]\d{{0,2}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?(?![\d/^])",  # 1 234 567,89
        r"(?<!\d)[1-9]\d{0,2}(?:['’]\d{3})+(?:[.,]\d+)?(?!\d)",  # 1'234'567.89
        r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?(?![\d.])",  # 1.234.567,89
        r"(?<![\d.,])[1-9]\d{0,2}\.\d{3},\d+(?!\d)",  # 1.234,56
        r"\d+(?:_\d+)+(?:\.\d+)?",  # 1_000_000
        r"\d+\.\d+",
        r"(?<!\d,)\d+,\d+(?!,?\d)",  # 3,14
        r"\d+",
        r"(?<![A-Za-z\d])\.\d+",
    )
)
#: Superscripts and fractions count as letters of a word for ``re``.
_LETTER = "[^\\W\\d_⁰¹²³⁴-⁹⁻¼-¾⅐-⅞]"
_LEXEME = re.compile(
    r"(?P<hex>(?<![A-Za-z\d])0x[0-9A-Fa-f]{1,15}(?![A-Za-z\d]))"
    rf"|(?P<number>{_NUMBER})(?P<exp>[eE][+\-−]?\d{{1,3}}(?![A-Za-z\d]))?"
    r"|(?P<vulgar>[¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])"
    r"|(?P<super>[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    rf"|(?P<word>{_LETTER}+(?:['’]{_LETTER}+)*)"
    r"|(?P<symbol>\*\*|\+/-|[^\s\w]|_)"
)
#: Hyphens within a number in words: "two-and-a-half".
_HYPHENS = re.compile(
    r"(?<=[^\W\d_])-(?=and-)|(?<=-and)-(?=an?-|half\b|[^\W\d_]+-)|(?<=-and-a)-(?=[^\W\d_])", re.IGNORECASE
)
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def lex(text: str) -> list[Lexeme]:
    """The lexemes of ``text``; words that were run together ("twentyone") become several."""
    found: list[Lexeme] = []
    end_before = -1
    for match in _LEXEME.finditer(_HYPHENS.sub(" ", text)):
        start, end = match.span()
        glued = start == end_before
        end_before = end
        if match.group("hex"):
            found.append(Lexeme("number", str(int(match.group(), 16)), start, end, glued))
        elif match.group("number"):
            plain, other = _plain_digits(match.group("number"))
            exponent = (match.group("exp") or "").replace("−", "-")
            found.append(Lexeme("number", plain + exponent, start, end, glued, "" if exponent else other))
        elif match.group("word"):
            word = match.group().casefold().replace("’", "'")
            parts = number_words_in(word)
            for index, part in enumerate(parts):
                stop = end if index == len(parts) - 1 else start + len(part)
                found.append(Lexeme("word", part, start, stop, glued or index > 0))
                start = stop
        elif match.group("super"):
            found.append(Lexeme("super", match.group().translate(_SUPERSCRIPT), start, end, glued))
        else:
            kind = "vulgar" if match.group("vulgar") else "symbol"
            found.append(Lexeme(kind, match.group(), start, end, glued))
    return found


def _plain_digits(written: str) -> tuple[str, str]:
    """The number as Python writes it, and its second reading if it has one."""
    marks = [char for char in written if not char.isdigit()]
    whole = re.sub(rf"[{_SPACES}'’_]", "", written)
    if "," in marks and "." in marks:
        decimal = max(whole.rfind(","), whole.rfind("."))
        return re.sub(r"[.,]", "", whole[:decimal]) + "." + whole[decimal + 1 :], ""
    if any(char in f"{_SPACES}'’_" for char in marks):
        return whole.replace(",", "."), ""
    grouped = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", whole) is not None
    if "," in marks:
        if grouped or len(marks) > 1:
            return whole.replace(",", ""), whole.replace(",", ".") if len(marks) == 1 else ""
        return whole.replace(",", "."), ""
    if len(marks) > 1:
        return whole.replace(".", ""), ""
    return whole, whole.replace(".", "") if grouped else ""
