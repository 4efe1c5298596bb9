"""Reads a role description: its title, its level, and what it asks for, line by line and by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from interview.plans.plan import Level
from interview.text.sentences import sentences_of
from interview.text.stop_words import STOP_WORDS

MAX_NEEDS = 20
MAX_NEED_CHARS = 120
#: A longer description is cut: what a role asks for stands on its first pages.
MAX_ROLE_CHARS = 20_000

#: ``skill`` can be asked for in an interview; ``formal`` (a degree, a licence) is checked on paper.
NeedKind = Literal["skill", "formal"]


class Need(Struct, frozen=True):
    """One thing that the role asks for, in the description's words. ``weight``: 1, or 0.5 for what is nice to have."""

    text: str
    kind: NeedKind = "skill"
    weight: float = 1.0


class Role(Struct, frozen=True):
    title: str
    level: Level
    needs: tuple[Need, ...]

    @property
    def skills(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if need.kind == "skill")


_SectionKind = Literal["wanted", "nice", "other"]

_BULLET = re.compile(r"^\s*(?:[-*•–·‣▪●]|\d{1,2}[.)])\s+")
_MARKUP = re.compile(r"^#+\s*|\*\*|__")
_OTHER = re.compile(
    r"\b(?:benefits?|perks?|we offer|our offer|offer|what you(?:'ll)? get|what we give|about (?:us|the company|our)|"
    r"who we are|our (?:company|team|mission|story|values)|how to apply|apply|application|contact|equal|diversity|"
    r"salary|compensation|pay|privacy|hiring process|location)\b",
    re.IGNORECASE,
)
_NICE = re.compile(
    r"\b(?:nice[- ]to[- ]haves?|bonus|a plus|pluses|preferred|desirable|ideally|advantage\w*)\b", re.IGNORECASE
)
_WANTED = re.compile(
    r"\b(?:requirements?|responsibilit\w+|qualifications?|skills?|tasks?|dut(?:y|ies)|profile|must[- ]haves?|expect|"
    r"looking for|bring|your (?:work|role|job|day|mission)|what you(?:'ll| will)? (?:do|bring|need)|you (?:will|have)|"
    r"what awaits you|about (?:you|the (?:role|position|job))|the (?:role|position|job)|role|experience)\b",
    re.IGNORECASE,
)
#: Begins a line or sentence whose rest belongs under it: "Skills: SQL and Python".
_LABEL = re.compile(r"([^:.,;]{2,40}):\s+(?=\S)")
_NEEDS = re.compile(r"\bneed(?:s|ed)?\b", re.IGNORECASE)
#: A clause that says what the role does not ask for.
_NOT_ASKED = re.compile(
    r"\b(?:not|cannot|never|\w+n['’]t)\s+(?:\w+\s+){0,2}?(?:need(?:ed)?|required?|necessary|mandatory|essential|expect(?:ed)?)\b|"
    r"\bneeds? no\b|\bno need\b|\bunnecessary\b|"
    r"^(?:there is |we ask for |we require )?no\b.*\b(?:needed|required|necessary|expected)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"no\b", re.IGNORECASE)
_BUT = re.compile(r",?\s+but\s+|;\s+", re.IGNORECASE)
_AND_NO = re.compile(r",\s+(?=no\b)", re.IGNORECASE)
#: Sentences of a text without headings that speak of the employer, or of how to apply.
_OF_THE_EMPLOYER = re.compile(
    r"\b(?:we (?:offer|are an equal|provide|pay)|our (?:company|mission|values|customers are)|equal opportunit|apply|"
    r"send (?:us )?your|salary|per year|paid leave|benefits|founded in|join us|headquarter)",
    re.IGNORECASE,
)
#: The rest of a longer line, or sentence, is not read.
_LINE_CHARS, _SENTENCE_CHARS = 2_000, 400
#: A shorter text of one line is a title.
_LEAST_WORDS_OF_A_SENTENCE = 6
#: Sentences that announce the role or frame a list.
_NO_NEED = re.compile(
    r"(?:we(?:'re| are) (?:looking|hiring|seeking|searching)\b|join\b|do you\b|are you\b)", re.IGNORECASE
)
_FORMAL = re.compile(
    r"\b(?:degree|bachelor\w*|master'?s|msc|bsc|ph\.?d|diploma|vocational|apprenticeship|licen[cs]e|licensed|"
    r"certificat\w+|certified|registration|visa|work permit|drive a (?:car|van|truck)|weekends?|night shifts?|"
    r"(?:willing(?:ness)?|ready|readiness|able|ability|happy|prepared|flexible|open|free) to travel|"
    r"travel(?:ling)? (?:is |will be )?(?:required|necessary|expected|to|up to|within|across|abroad)|"
    r"(?:\d+ ?%|frequent|occasional|regular|some) travel(?:ling)?|"
    r"native speaker|(?:english|german|french|spanish)\s+(?:[abc][12]|skills)|[abc][12] level|relocat\w+)\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(\d{1,2})\s*(?:\+|plus)?\s*(?:-|–|to)?\s*(?:\d{1,2}\s*)?(?:\+\s*)?years?\b", re.IGNORECASE)
_ONLY_YEARS = re.compile(
    r"(?:at least|minimum(?: of)?|over|more than|around|about)?\s*(?:\w+|\d{1,2})\s*(?:\+|plus)?\s*"
    r"(?:(?:-|–|to)\s*\d{1,2}\s*)?"
    r"years?(?:['’])?\s*(?:of\s+)?(?:(?:relevant|professional|proven|work(?:ing)?|practical)\s+)*(?:experience\s*)?",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"(?:(?:you(?:'ll| will| have| need| are| can| should| bring| know)?|we expect|your task is to|"
    r"(?:a |an )?(?:very )?(?:strong|solid|good|excellent|deep|proven|sound|hands-on|practical|basic|advanced|sure|"
    r"some|working|extensive|demonstrated|great)|"
    r"(?:several|many|first) years(?: of)?|experienced?|knowledge|understanding|command|track record|skills?|"
    r"abilit(?:y|ies)|able|familiar(?:ity)?|proficien(?:t|cy)|expertise|confidence|confident|comfortable|fluent|hand|be|to|in|with|of|"
    r"at|the|a|an|responsible for|in charge of|make sure that|ideally|least)\b[\s,:]*)+",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(
    r"\s*[(,]?\s*\b(?:(?:is|are|would be)\s+)?(?:a|an)?\s*(?:big\s+)?"
    r"(?:plus|bonus|advantage|must|nice to have|required|preferred)\)?$",
    re.IGNORECASE,
)
_LIST_BREAK = re.compile(r"\s*(?:,|;|/|\band\b|\bor\b|&)\s*(?:and\s+|or\s+)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[.+#'’-][^\W_]+)*[+#]*")
_SENIOR = re.compile(r"\b(?:senior|principal|staff|head|director|chief|expert|architect)\b", re.IGNORECASE)
_LEAD = re.compile(r"\blead\b", re.IGNORECASE)  # senior, unless the role asks for few years: "Shift Lead"
_JUNIOR = re.compile(
    r"\b(?:junior|graduate|intern|internship|trainee|entry[- ]level|apprentice|working student)\b", re.IGNORECASE
)
_GENDERS = re.compile(r"\s*\((?:[mfdxw]\s*/\s*)+[mfdxw]\)", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"^(?:we(?: are|'re) (?:looking for|hiring|seeking)|wanted:?|job title:?|role:?)\s+(?:an?\s+)?", re.IGNORECASE
)


def read_role(text: str) -> Role:
    """The role in ``text``; ``needs`` may be empty."""
    # Short lines with single spaces: the patterns below would take long on a stranger's run of spaces or of letters.
    lines = [" ".join(_MARKUP.sub("", line[:_LINE_CHARS]).split()) for line in text[:MAX_ROLE_CHARS].splitlines()]
    lines = [line for line in lines if line]
    title = _title(lines[0]) if lines else ""
    needs: dict[str, Need] = {}
    for line, weight in _wanted(lines):
        for need in _needs(line, weight):
            needs.setdefault(need.text.casefold(), need)
    return Role(title, _level(title, "\n".join(lines)), tuple(needs.values())[:MAX_NEEDS])


def _title(line: str) -> str:
    sentence = sentences_of(line)[0] if sentences_of(line) else line
    bare = _ANNOUNCED.sub("", _GENDERS.sub("", sentence))
    return bare.rstrip(" .:!")[:80].strip()


def _level(title: str, text: str) -> Level:
    if _SENIOR.search(title):
        return "senior"
    if _JUNIOR.search(title):
        return "junior"
    years = [int(found[1]) for found in _YEARS.finditer(text)]
    if not years:
        return "senior" if _LEAD.search(title) else "mid"
    return "senior" if max(years) >= 5 else "junior" if max(years) <= 1 else "mid"


def _wanted(lines: list[str]) -> Iterator[tuple[str, float]]:
    """The lines, or sentences of prose, that say what the role asks for, with their weight."""
    section: _SectionKind | None = None
    headed = any(_section(line) for line in lines[1:])
    if len(lines) == 1:
        yield from _weighed(_without_title(sentences_of(_BULLET.sub("", lines[0]))), None, employer_speaks=True)
        return
    for line in lines[1:]:
        found = _section(line)
        if found is not None:
            section = found
            continue
        if not _BULLET.match(line) and (labelled := _labelled(line)):
            section = labelled[0]
        if section == "other" or (headed and section is None):
            continue
        yield from _weighed(sentences_of(_BULLET.sub("", line)), section, employer_speaks=not headed)


def _without_title(sentences: list[str]) -> list[str]:
    titled = bool(sentences) and len(sentences[0].split()) < _LEAST_WORDS_OF_A_SENTENCE
    return sentences[1:] if titled else sentences


def _weighed(
    sentences: list[str], section: _SectionKind | None, *, employer_speaks: bool
) -> Iterator[tuple[str, float]]:
    for sentence in sentences:
        kind, said = _labelled(sentence) or (section, sentence)
        if kind == "other" or _NO_NEED.match(said) or (employer_speaks and _OF_THE_EMPLOYER.search(said)):
            continue
        clauses = [
            clause
            for part in _AND_NO.split(said)
            for clause in (_BUT.split(part) if _NOT_ASKED.search(part) else (part,))
        ]
        for clause in clauses:
            if not _NOT_ASKED.search(clause) and not (_NO.match(clause) and _FORMAL.search(clause)):
                yield clause, 0.5 if kind == "nice" or _NICE.search(clause) else 1.0


def _labelled(text: str) -> tuple[_SectionKind, str] | None:
    """The kind of a label that the text begins with, and the rest; None without one."""
    found = _LABEL.match(text)
    kind = _kind(found[1]) if found else None
    return (kind, text[found.end() :]) if found and kind else None


def _section(line: str) -> _SectionKind | None:
    """The kind of section that a heading begins; None for a line that is no heading."""
    if _BULLET.match(line) or _labelled(line) or len(line.split()) > 7 or line[-1] in ".,;":
        return None
    if not (line.endswith(":") or line[0].isupper()):
        return None
    return _kind(line.rstrip(":")) or ("other" if line.endswith(":") else None)


def _kind(heading: str) -> _SectionKind | None:
    if _NICE.search(heading):
        return "nice"
    if _WANTED.search(heading) and not re.search(r"\bwe offer\b|\babout us\b", heading, re.IGNORECASE):
        return "wanted"
    if _OTHER.search(heading):
        return "other"
    return "wanted" if _NEEDS.search(heading) else None


def _needs(sentence: str, weight: float) -> Iterator[Need]:
    sentence = sentence[:_SENTENCE_CHARS]
    if _FORMAL.search(sentence):
        yield Need(_shortened(sentence), "formal", weight)
        return
    bare = _AFTERTHOUGHT.sub("", sentence.rstrip(" .;:!"))
    stripped = " ".join(_ONLY_YEARS.sub(" ", bare).split())
    core = _LEAD_IN.sub("", stripped, count=1) if _LEAD_IN.match(stripped) else stripped
    items = [item for item in _LIST_BREAK.split(core) if item]
    longest = 3 if core != bare else 2
    if len(items) > 1 and all(len(item.split()) <= longest for item in items):
        for item in items:
            yield from _named(item, weight)
    else:
        yield from _named(core, weight)


def _named(text: str, weight: float) -> Iterator[Need]:
    text = text.strip(" ,;:-–()")
    if any(word.casefold() not in STOP_WORDS and len(word) > 1 for word in _WORD.findall(text)):
        yield Need(_shortened(text), "skill", weight)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_NEED_CHARS else text[:MAX_NEED_CHARS].rsplit(" ", 1)[0] + " …"
