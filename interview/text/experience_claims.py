"""Compares the years of experience claimed in a résumé with those claimed in answers; the interviewer asks about a
difference.

Only literal claims are read ("five years of Python", "Python: 5 years").
A mismatch is a question to the candidate and a note to the reviewer, never a deduction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

MAX_CHARS = 50_000
MAX_CLAIMS = 40

_NUMBER_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_YEARS = rf"(?P<years>\d{{1,2}}|{'|'.join(_NUMBER_WORDS)})\+? (?:years?|yrs?)"
# A dot belongs to a subject only inside it ("node.js"), never at its end.
_WORD = r"[a-z](?:[a-z0-9+#/-]|\.(?=[a-z0-9]))*"
_SUBJECT = rf"(?P<subject>{_WORD}(?: {_WORD})?)"
_LINKS = r"(?:'? ?(?:of|in|with|using|on|professional|working|work|experience|as an?|hands-on))+"
_YEARS_FIRST = re.compile(rf"\b{_YEARS}{_LINKS} {_SUBJECT}", re.IGNORECASE)
_SUBJECT_FIRST = re.compile(rf"(?:^|[\n,;•*-] ?){_SUBJECT} ?(?::|\(|–|-) ?{_YEARS}", re.IGNORECASE)
_NOT_SUBJECTS = frozenset(
    "the a an my our this that it them various different several experience total".split()  # noqa: SIM905
)
_STOP_SECOND = frozenset(
    "and or at in for on with as to of the before after since which where when i we but so then now there".split()  # noqa: SIM905
)


class Mismatch(Struct, frozen=True):
    """Years claimed for ``subject``: in the résumé, and in an answer whose words are ``quote``."""

    subject: str
    resume_years: int
    answer_years: int
    quote: str

    @property
    def note(self) -> str:
        return f"Résumé: {_years(self.resume_years)} of {self.subject}; answer: {_years(self.answer_years)}"

    @property
    def question(self) -> str:
        return (
            f"Your résumé mentions {_years(self.resume_years)} of {self.subject}, and you just said "
            f"{_years(self.answer_years)}. How do the two fit together?"
        )


def claimed_years(text: str) -> dict[str, int]:
    """Subject (lower case) → the most years claimed for it."""
    claims: dict[str, int] = {}
    for pattern in (_YEARS_FIRST, _SUBJECT_FIRST):
        for found in pattern.finditer(text[:MAX_CHARS]):
            subject = _subject(found["subject"])
            if subject and len(claims) < MAX_CLAIMS:
                claims[subject] = max(claims.get(subject, 0), _number(found["years"]))
    return claims


def mismatches(resume: Mapping[str, int], answer: str) -> tuple[Mismatch, ...]:
    """Subjects for which an answer and the résumé are at least two years, and a third, apart."""
    found: list[Mismatch] = []
    for claim in _YEARS_FIRST.finditer(answer[:MAX_CHARS]):
        whole = _subject(claim["subject"])
        # In "two years of Python behind me", the words after the subject may look like a part of it.
        subject = next((words for words in (whole, whole.partition(" ")[0]) if words in resume), None)
        if subject is None:
            continue
        said, written = _number(claim["years"]), resume[subject]
        if abs(said - written) >= max(2, written / 3):
            found.append(Mismatch(subject=subject, resume_years=written, answer_years=said, quote=claim.group(0)))
    return tuple(found)


def _subject(words: str) -> str:
    first, _, second = words.lower().partition(" ")
    if first in _NOT_SUBJECTS or first in _STOP_SECOND:
        return ""
    return first if not second or second in _STOP_SECOND else f"{first} {second}"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER_WORDS.index(text.lower())


def _years(count: int) -> str:
    return f"{count} year{'' if count == 1 else 's'}"
