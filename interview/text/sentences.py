"""Splits text into sentences with ``sentencex`` (MIT, 300 languages); the only splitter of the project."""

from __future__ import annotations

import re

import sentencex

#: A label that a splitter takes for a sentence of its own; it belongs to the words after it.
_LABEL = re.compile(r"""[("'“‘\[]*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]+|(?:Q|Step|Case|Part)\d*)[.)]""")
#: Abbreviations that belong to the next word: to a number, or to any word.
_BEFORE_NUMBER = re.compile(r"[(\[]*(?:Nos?|Nr|Figs?|Eqs?|Tab|Vol|Ch|Sec|Art|Ver|pp?)\.", re.I)
_BEFORE_WORD = re.compile(r"[(\[]*(?:approx|ca|resp|incl|excl|max|min|avg)\.", re.I)
_NUMBERED = re.compile(r"(?P<own>\d{1,3})[.)] .* (?P<next>\d{1,3}[.)])\Z")
_ENDS_SENTENCE = re.compile(r"""[.!?…。！？]["'”’)\]]*\Z""")
_END_AND_SPACE = re.compile(r"(?<=[.!?…])\s+")
_CLAUSE_END = re.compile(r"[,;:–—]\s")

#: A shorter first piece sounds cut off and saves no time; a longer one is cut at a phrase.
MIN_CLAUSE_CHARACTERS = 10
MAX_FIRST_CLAUSE_CHARACTERS = 24
#: English words that begin a phrase: a speaker may pause before them.
_PHRASE_START = re.compile(
    r"\s(?=(?:and|or|but|because|that|which|who|when|where|how|what|why|if|for|with|from|into|in|on|at|to|of|as|by|"
    r"before|after|about|between|while|so|than)\s)"
)


def sentences_of(text: str, language: str = "en") -> list[str]:
    """The sentences of ``text``, in order, with single spaces inside; a line break ends a sentence.

    Nothing but white space is lost. A label (``1.``, ``Q2.``, ``No.``) stays with the words after it.
    """
    return [sentence for line in text.splitlines() for sentence in _of_line(line, language)]


def growing_sentences(text: str) -> list[str]:
    """The sentences of a text that is still being written: no continuation changes any but the last.

    A splitter that knows abbreviations looks at the words that follow, which a stream does not have yet.
    """
    return [sentence for sentence in _END_AND_SPACE.split(text.strip()) if sentence]


def _of_line(line: str, language: str) -> list[str]:
    found: list[str] = []
    for piece in sentencex.segment(language.lower().split("-")[0] or "en", line):
        sentence = " ".join(piece.split())
        if not sentence:
            continue
        if found and (label := _next_number(found[-1])):
            found[-1] = found[-1].removesuffix(label).rstrip()
            found.append(f"{label} {sentence}")
        elif found and _is_open(found[-1], sentence):
            found[-1] = f"{found[-1]} {sentence}"
        else:
            found.append(sentence)
    return found


def _next_number(sentence: str) -> str:
    """The ``2.`` that ends an item numbered ``1.`` on the same line, or ``""``."""
    match = _NUMBERED.match(sentence)
    return match["next"] if match and int(match["next"][:-1]) == int(match["own"]) + 1 else ""


def _is_open(sentence: str, following: str) -> bool:
    """Whether ``sentence`` goes on: its last word is a label, or the next text cannot begin a sentence."""
    last = sentence.rpartition(" ")[2]
    if _BEFORE_WORD.fullmatch(last) or (_BEFORE_NUMBER.fullmatch(last) and following[0].isdigit()):
        return True
    if _LABEL.fullmatch(last):
        # "Is it I." and "plan B." end sentences; "1." and "Q2." do so only when they stand alone.
        return last == sentence or (not last.rstrip(".)").lstrip("(\"'“‘[").isdigit() and len(last) > 2)
    return not _ENDS_SENTENCE.search(sentence) or following[0] in ".,;:!?"


def bounded_sentences(text: str, max_characters: int, language: str = "en") -> list[str]:
    """As ``sentences_of``; a sentence longer than ``max_characters`` is cut at clauses, then at words."""
    return [part for sentence in sentences_of(text, language) for part in _bounded(sentence, max_characters)]


def _bounded(sentence: str, max_characters: int) -> list[str]:
    parts: list[str] = []
    while len(sentence) > max_characters:
        window = sentence[:max_characters]
        clauses = [match.end() for match in _CLAUSE_END.finditer(window)]
        cut = clauses[-1] if clauses else window.rfind(" ") + 1
        if cut <= 0:
            cut = max_characters
        parts.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    if sentence:
        parts.append(sentence)
    return parts


def first_clause(sentence: str) -> tuple[str, str]:
    """``sentence`` cut after its first clause, or within a long one before a phrase: ``(head, rest)``.

    ``rest`` is ``""`` where there is no such place.
    """
    if len(sentence) <= MAX_FIRST_CLAUSE_CHARACTERS:
        return sentence, ""
    end = len(sentence) - MIN_CLAUSE_CHARACTERS
    clauses = [match.end() for match in _CLAUSE_END.finditer(sentence, MIN_CLAUSE_CHARACTERS - 2, end)]
    if clauses and clauses[0] <= MAX_FIRST_CLAUSE_CHARACTERS:
        cut = clauses[0]
    else:
        phrases = _PHRASE_START.finditer(sentence, MIN_CLAUSE_CHARACTERS, min(MAX_FIRST_CLAUSE_CHARACTERS, end))
        cut = max((match.end() for match in phrases), default=clauses[0] if clauses else len(sentence))
    return sentence[:cut].strip(), sentence[cut:].strip()
