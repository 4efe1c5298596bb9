"""Writes spoken mathematics in signs: "n times the quantity n plus one over two" becomes ``n * ( n + 1) / 2``.

An unknown word stays a word, and the reader refuses words. English only.
"""

# ruff: noqa: E501 - a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from fractions import Fraction

from interview.text.number_lexemes import lex
from interview.text.number_vocabulary import ORDINALS
from interview.text.number_words import NumberReader

_FILLERS = re.compile(r"\b(?:um+|uh+|uhm|erm?|hm+|mm+|ah|okay|ok|you know|like)\b[,.]?\s*", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:\s*(?:so|well|and|then|now|yes|yeah|okay|i think|i believe|i guess|i'd say|i would say|i say|i get|i got|we get|we have|you get|we end up with|i end up with"
    r"|the (?:final |correct |right )?(?:answer|result|expression|formula|solution|derivative|complexity|time complexity|running time|runtime|cost|probability)"
    r"(?: (?:of|for) (?:it|this|that))?(?: (?:is|would be|should be|must be|comes out to|simplifies to|equals|becomes))?"
    r"|(?:my |final )?answer(?: is)?|it is|it's|its|it'd be|it would be|it should be|it must be|that is|that's|that'd be|that would be|this is|which is|which gives|gives|that gives|that makes"
    r"|it simplifies to|simplifies to|it becomes|it equals|comes out to|it comes out to|equals|is|must be|should be|would be|probably|maybe|just|simply|about"
    r"|(?:we |you )?(?:can )?(?:write|express) it as)\b[\s,:=]*)+",
    re.IGNORECASE,
)
_TRAIL = re.compile(
    r"(?:[\s,]*\b(?:(?:in )?(?:the )?(?:worst|average|best|amortized) case|on average|overall|in total|time complexity|space complexity|time|complexity|operations|comparisons|steps"
    r"|i think|i guess|i believe|right|nodes|replicas|servers|machines|elements|items|edges|vertices|iterations|passes|swaps|calls|comparisons?|please|for sure|though|or so|exactly|basically|obviously|of course|simplified)\b[\s.,!?]*)+$|[\s.,;!?]+$",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"[\s,;]+(?:because|since|by (?:the |a )?(?:power|chain|product|quotient|definition|master|binomial|geometric|formula|induction|symmetry)|using|pairing|counting|applying|adding up|substituting|expanding|factoring|due to|as (?:we|you|it|the)|given that|where|assuming|which (?:is|comes|follows)|if you)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
#: One operand: a bracket, a name or a number, with a sign.
_OPERAND = r"(?:-?\s*(?:\([^()]*\)|[A-Za-z](?:_\w+)?\b|\d+(?:\.\d+)?))"
#: The end of a spoken group.
_END = r"(?=\s*(?:[,^∕↑)]|\b(?:over|divided by|times|multiplied by|all|close|end|plus|minus)\b|$))"
_SUM_END = r"(?=\s*(?:[,^∕↑)]|\b(?:over|divided by|times|multiplied by|all|squared|cubed|factorial|close|end)\b|$))"

_PHRASES: tuple[tuple[str, str], ...] = (
    (r"\b(?:open(?:ing)?|left|begin)(?: round| square)? (?:parenthes[ie]s|parens?|brackets?|braces?)\b", " ( "),
    (
        r"\b(?:clos(?:e|ed|ing)|right|end)(?: the)?(?: round| square)? (?:parenthes[ie]s|parens?|brackets?|braces?)\b",
        " ) ",
    ),
    (
        r"^(.+?)[\s,]+(?:all|the whole thing|everything|all of (?:that|it|this)|the whole)\s+(?=[∕↑]|times\b|multiplied\b|squared\b|cubed\b|to the\b|raised\b)",
        r"( \1 ) ",
    ),
    (r"\bthe quantity (\w+ (?:squared|cubed)(?: (?:plus|minus) \w+(?: (?:squared|cubed))?)+)", r" ( \1 ) "),
    (r"^(.+?)\s*,\s*(?=[∕]|times\b|multiplied\b)", r"( \1 ) "),
    (r"\s*,\s*(?=(?:plus|minus)\b)", " "),
    (r"^\s*(\d+) (?:less|fewer) than (.+)$", r"( \2 ) - \1"),
    (r"^\s*(\d+) more than (.+)$", r"( \2 ) + \1"),
    (r"\s*,?\s*\bless (?=\d)", " - "),
    (r"\bpie\b", " pi "),
    (r"\b([A-Za-z])C([A-Za-z])\b", r" binomial(\1,\2) "),
    (rf"\bthe quantity (.+?){_SUM_END}", r" ( \1 ) "),
    (rf"\b(?:the )?squares of ({_OPERAND}) and ({_OPERAND})", r"(\1^2) and (\2^2)"),
    (rf"\b(?:the )?sum of (.+?) and (.+?){_END}", r" ( \1 + \2 ) "),
    (rf"\b(?:the )?product of (.+?) and (.+?){_END}", r" ( \1 * \2 ) "),
    (rf"\b(?:the )?difference (?:of|between) (.+?) and (.+?){_END}", r" ( \1 - \2 ) "),
    (rf"\b(?:the )?(?:quotient of (.+?) and|ratio of (.+?) to) (.+?){_END}", r" ( \1\2 / \3 ) "),
    (r"\s+sub(?:script)?\s+(?=\w)", "_"),
    (r"\b(squared|cubed) of\b", r"\1"),
    (r"\b(?:the )?(?:reciprocal|multiplicative inverse) of\b", " 1 / "),
    (rf"\b(?:the )?square of ({_OPERAND})", r"(\1)^2"),
    (rf"\b(?:the )?cube of ({_OPERAND})", r"(\1)^3"),
    (r"\b(?:the )?(?:square root|sqrt|(?<!cube )(?<!th )root(?!\())(?: of)?\b", " sqrt "),
    (r"\b(?:the )?cube root(?: of)?\b", " cbrt "),
    (
        r"\b(?:the )?(?:binary log(?:arithm)?|log(?:arithm)?(?: to)?(?: the)? base (?:2|two)|base (?:2|two) log(?:arithm)?)(?: of)?\b",
        " log_2 ",
    ),
    (rf"\blog(?:arithm)?(?: of)? ({_OPERAND}),? (?:to (?:the )?)?base (\w+)", r" log_\2 \1 "),
    (r"\b(?:the )?log(?:arithm)?(?: to)?(?: the)? base (?:10|ten)(?: of)?\b", " log_10 "),
    (r"\b(?:the )?log(?:arithm)?(?: to)?(?: the)? base (\w)\b(?: of)?", r" log_\1 "),
    (r"\b(?:the )?natural log(?:arithm)?(?: of)?\b", " ln "),
    (r"\b(?:the )?(?:logarithm|log)(?: of)?\b(?! ?[_(\d])", " log "),
    (r"\b(?:the )?(?:arc ?|inverse )(sin|cos|tan)(?:e|ine|gent)?(?: of)?\b", r" a\1 "),
    (r"\b(?:the )?hyperbolic (sin|cos|tan)(?:e|ine|gent)?(?: of)?\b", r" \1h "),
    (r"\b(?:the )?cosecant(?: of)?\b", " csc "),
    (r"\b(?:the )?secant(?: of)?\b", " sec "),
    (r"\b(?:the )?cotangent(?: of)?\b", " cot "),
    (r"\b(?:the )?(?:sine|sin of)(?: of)?\b", " sin "),
    (r"\b(?:the )?(?:cosine|cos of)(?: of)?\b", " cos "),
    (r"\b(?:the )?(?:tangent|tan of)(?: of)?\b", " tan "),
    (r"\b(?:the )?absolute value of\b", " abs "),
    (r"\b(?:the )?(floor|ceiling) of (.+?)(?=\s(?:plus|minus)\b|,|$)", r" \1( \2 ) "),
    (r"\b(?:the )?(abs|exponential|factorial) of\b", r" \1 "),
    (r"\bexponential\b(?=\s*[\w(])", " exp "),
    (rf"({_OPERAND}) factorial\b", r"\1 !"),
    (rf"({_OPERAND}) choose ({_OPERAND})", r" binomial(\1,\2) "),
    (r"\b(?:twice|double)\b", " 2 * "),
    (r"\b(?:thrice|triple)\b", " 3 * "),
    (r"\bsquared\b", "^2"),
    (r"\bcubed\b", "^3"),
    (r"\b(?:is )?(?:greater|more|larger|bigger) than or equal(?: to)?\b|\b(?:is )?(?:at least|no less than)\b", " >= "),
    (r"\b(?:is )?(?:less|smaller|fewer) than or equal(?: to)?\b|\b(?:is )?(?:at most|no more than)\b", " <= "),
    (r"\b(?:is )?(?:greater|more|larger|bigger) than\b", " > "),
    (r"\b(?:is )?(?:less|smaller|fewer) than\b", " < "),
    (r"\b(?:is )?not equal to\b|\bdoes not equal\b|\bdoesn't equal\b", " != "),
    (r"\b(?:is equal to|is the same as|equals|equal to)\b", " = "),
    (r"∕", " / "),
    (r"↑", " ^ "),
    (r"\b(?:multiplied by|times|dot)\b", " * "),
    (r"\bplus\b", " + "),
    (r"\b(?:minus|negative|take away)\b", " - "),
    (r"\b(?:percent(?:age)?|pct|per cent)\b", " % "),
    (r"\binfinite\b", " infinity "),
    (rf"({_OPERAND}) by ({_OPERAND})", r"\1 * \2"),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), sign) for pattern, sign in _PHRASES)
_BIG_O = re.compile(
    r"^\s*(?:(?:the )?big[ -]?)?(?:\b(?:o|oh|theta|omega)\b of|(?<=big[ -])oh?\b(?: of)?|order(?: of)?|on the order of|of order|\b(?:o|theta|omega)(?=\s*\()|[ΘΩ](?=\s*\()"
    r"|\\(?:mathcal\s*\{?\s*O\s*\}?|Theta|Omega)(?=\s*(?:\\left)?\s*\())\s*",
    re.IGNORECASE,
)
_FUNCTION_OF = re.compile(r"^\s*([a-zA-Z])(?: prime)? of (\w+)\s*(?:=|equals\b|is\b)\s*", re.IGNORECASE)


def stripped(said: str, *, factorial: bool = False) -> str:
    """``said`` without fillers, lead-in, reasons and trailing remarks; a last "!" stays if it may be a ``factorial``."""
    text = _FILLERS.sub(" ", said.replace("’", "'"))
    text = _REASON.sub("", text)
    text = _FUNCTION_OF.sub("", _LEAD.sub("", text))
    ending = "!" if factorial and re.search(r"[\w)]\s?![\s.,]*$", text) else ""
    before = None
    while before != text:
        before, text = text, _TRAIL.sub("", text)
    return text.strip() + ending


def without_order(said: str) -> tuple[str, bool]:
    """The expression in "O(…)" or after "big O of", and whether there was such a frame."""
    found = _BIG_O.match(said)
    return (said, False) if found is None else (said[found.end() :].strip(), True)


def in_signs(said: str) -> str:
    """``said`` with spoken operators, functions and numbers written as signs."""
    text = _numbers(re.sub(r"\b(?:over|divided by)\b", "∕", _powers(f" {said} "), flags=re.IGNORECASE))
    text = f" {' '.join(text.split())} "
    for pattern, sign in _COMPILED:
        text = pattern.sub(sign, text)
    return " ".join(text.split())


def _powers(text: str) -> str:
    """ "to the nth power", "to the second", "raised to x"."""
    names = "|".join(ORDINALS)
    text = re.sub(
        rf"\s*\b(?:raised )?to the ({names}|\d+(?:st|nd|rd|th))(?: power)?\b",
        lambda found: f" ↑ {_ordinal(found[1].lower())} ",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"\bto the ([a-z])[ -]?th(?: power)?\b", r"to the \1", text, flags=re.IGNORECASE)
    text = re.sub(
        r"\s*\b(?:raised )?to the power(?: of)?\s+|\s*\b(?:raised )?to the (?!base\b)\s*|\s*\braised to\s+",
        " ↑ ",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"([↑^]\s*(?:-|minus |negative )?\s*[\w.]+) power\b", r"\1", text, flags=re.IGNORECASE)
    return re.sub(r"(?<=[\w)]) power(?: of)? (?=[\w(-])", " ↑ ", text, flags=re.IGNORECASE)  # "two power n"


def _ordinal(word: str) -> str:
    return str(ORDINALS.get(word) or re.sub(r"\D", "", word))


def _numbers(text: str) -> str:
    """Number words as digits or exact fractions; typed digits stay as they are."""
    lexemes = lex(text)
    reader = NumberReader(lexemes)
    parts: list[str] = []
    at, copied = 0, 0
    while at < len(lexemes):
        counted = lexemes[at].kind == "number" and reader.denominator(at + 1) is not None  # "9 quarters"
        word = lexemes[at].kind == "word" and lexemes[at].text not in _NO_NUMBER
        reading = reader.read(at) if word or counted else None
        if reading is None:
            at += 1
            continue
        after = reading.after
        if lexemes[after - 1].text in ("squared", "cubed", "factorial"):  # an operation, not a part of the number
            shorter = NumberReader(lexemes, after - 1).read(at)
            reading, after = (shorter, shorter.after) if shorter is not None else (reading, after)
        exact = Fraction(reading.value).limit_denominator(10**6)
        written = str(exact) if exact.denominator == 1 else f"({exact})"
        parts.append(f"{text[copied : lexemes[at].start]} {written} ")
        copied, at = lexemes[after - 1].end, after
        if at < len(lexemes) and lexemes[at].text == "of" and exact.denominator > 1:
            parts.append(" * ")  # "half of n"
            copied, at = lexemes[at].end, at + 1
    return "".join(parts) + text[copied:]


#: Words that elsewhere begin a number and here are an operation.
_NO_NUMBER = frozenset({"plus", "minus", "negative", "the", "square", "root"})


_SAID = re.compile(
    r"\b(?:over|divided by|to the|raised|squared|cubed|root|log|choose|plus|minus|times)\b", re.IGNORECASE
)


def is_spoken(text: str) -> bool:
    """Whether ``text`` names an operation in words, so that its brackets are not heard."""
    return _SAID.search(text) is not None


#: "1/2a" and "e^-kt" as they are meant, where the grammar reads (1/2)a and (e^-k)t.
_JUXTAPOSED = ((re.compile(r"/\s*(\d+[A-Za-z]\w*)"), r"/(\1)"), (re.compile(r"\^\s*(-?\d*[A-Za-z]{1,3})\b"), r"^(\1)"))


def groupings(said: str, signs: str) -> list[str]:
    """``signs`` with brackets around what is written together, and around both sides of a spoken "choose"."""
    made = []
    for pattern, grouped in _JUXTAPOSED:
        made.append(pattern.sub(grouped, signs))
    top, choose, bottom = said.partition(" choose ")
    if choose:
        made.append(f"binomial({in_signs(top)},{in_signs(bottom)})")
    return [text for text in dict.fromkeys(made) if text != signs]
