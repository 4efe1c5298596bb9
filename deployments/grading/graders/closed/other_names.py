"""Other names of an accepted term: its initials, what they stand for, its words turned round, or without a head.

"OOP" is "object-oriented programming", "hypertext transfer protocol" is "HTTP", "injection of dependencies" is
"dependency injection", "a race" is "race condition". Names that other terms may share are ``unsure``: a person looks.
"""

# ruff: noqa: E501, SIM905 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.answer_text import Token
from deployments.grading.graders.closed.option_changes import change_of
from deployments.grading.graders.closed.spelling import same_word
from deployments.grading.graders.closed.term_matching import Term
from interview.text.english_words import is_english
from interview.text.number_vocabulary import ONES, ordinal

#: Of a longer answer any words have the initials of something.
_MAX_WORDS = 14
_MAX_INITIALS = 6
#: Nouns that only say what kind of thing a term is: "race condition", "blue-green deployment".
_HEADS = frozenset(
    {
        "condition",
        "deployment",
        "development",
        "analysis",
        "pattern",
        "algorithm",
        "theorem",
        "principle",
        "law",
        "attack",
    }
    | {
        "project",
        "company",
        "corporation",
        "team",
        "group",
        "family",
        "organisation",
        "organization",
        "movement",
        "department",
    }
    | {"method", "methodology", "model", "theory", "error", "testing", "system", "structure", "protocol", "language"}
    | {
        "format",
        "process",
        "technique",
        "effect",
        "problem",
        "architecture",
        "diagram",
        "chart",
        "framework",
        "strategy",
        "distribution",
        "fallacy",
    }
)
#: Nouns that are said in place of another head: "blue-green release", "single responsibility rule".
_OTHER_HEADS = _HEADS | {
    "rule",
    "release",
    "rollout",
    "approach",
    "concept",
    "idea",
    "curve",
    "dist",
    "bias",
    "limit",
    "algo",
    "way",
}
#: Of a term of three words or more, what is left without these is still its name: "breadth first".
_HEADS_OF_LONG = frozenset({"search", "traversal", "sort", "index", "join"})
#: What joins the words of a term that is turned round.
_JOINING = frozenset({"of", "the", "a", "an", "that", "which", "is", "are", "for", "some", "to", "in"})
_ARTICLE = re.compile(r"^(?:the|an?)\s+(?=\S)", re.IGNORECASE)
#: A person's name: two to four capitalised words.
_PERSON = re.compile(
    r"(?:[A-Z][\w'’.-]*\s+){1,3}(?:(?:da|de|di|du|del|della|van|von|der|den|la|le|bin|al|ter|ten)\s+)*[A-Z][\w'’-]{2,}"
)
_TITLES = frozenset(
    {
        "president",
        "sir",
        "lord",
        "lady",
        "king",
        "queen",
        "doctor",
        "dr",
        "professor",
        "mr",
        "mrs",
        "ms",
        "senator",
        "general",
    }
)
#: Of a long name a beginning of this many letters is unmistakable: "postgres" for "PostgreSQL".
_BEGINNING, _LONG_NAME = 6, 8
_DONE = frozenset({"is", "are", "was", "were", "gets", "get", "being"})
_NUMERONYM = re.compile(r"([a-z])(\d{1,2})([a-z])")


class OtherName(Struct, frozen=True):
    """``answer[start:end]`` names ``term``; ``unsure`` where it may name something else."""

    term: str
    start: int
    end: int
    unsure: bool


def other_name(terms: Sequence[Term], words: Sequence[Token]) -> OtherName | None:
    """Another name of one of ``terms`` in a short answer, or None."""
    said = answer_text.bare(words)
    if not 0 < len(said) <= _MAX_WORDS:
        return None
    alone = len({term.joined.replace("-", "") for term in terms}) == 1
    found = [name for term in terms for name in _names(term, said, alone=alone)]
    return min(found, key=lambda name: name.unsure, default=None)


def _names(term: Term, said: Sequence[Token], *, alone: bool) -> Iterator[OtherName]:
    """``alone``: no other term is accepted, other spellings aside; where variants are listed, a head is left out on purpose."""
    own = [token.text for token in answer_text.tokens(_ARTICLE.sub("", term.text))]
    if term.formula or not own or not (term.regnal or "".join(own).replace("'", "").isalpha()):
        return
    own[-1] = term.words[-1] if term.regnal else own[-1]
    for start, end in _spelled(term.joined, said):
        yield _named(term, said, start, end, unsure=False)
    headless = _initials(own[:-1]) if own[-1] in _HEADS else set()  # "MITM" for "man-in-the-middle attack"
    for initials in _initials(own) | {one for one in headless if len(one) > 2}:
        for start, end in (*_spelled(initials, said), *_written(initials, said)):
            yield _named(term, said, start, end, unsure=True)
    for start, end in _with_head(own, said):
        yield _named(term, said, start, end, unsure=True)
    spoken = [word.text for word in said if word.text not in _TITLES]
    if _PERSON.fullmatch(term.text) and _names_person(spoken, term.text):
        yield _named(term, said, 0, len(said), unsure=True)
    if len(own) == 1 and own[0].endswith("less") and _lacks(own[0].removesuffix("less"), spoken):
        yield _named(term, said, 0, len(said), unsure=True)
    if len(own) == 1 and change_of(own[0]) and change_of(" ".join(spoken)) == change_of(own[0]):
        yield _named(term, said, 0, len(said), unsure=True)
    if len(own) > 2 and not term.regnal and spoken == [*own[:-1], "one"]:  # "the first normal one"
        yield _named(term, said, 0, len(said), unsure=True)
    if _clipped(spoken, own):
        yield _named(term, said, 0, len(said), unsure=True)
    if len(own) == 1 and _begins("".join(spoken), own[0]):
        yield _named(term, said, 0, len(said), unsure=True)
    if len(own) == 1 and any(_of_one_root(word.text, own[0]) for word in said):
        yield _named(term, said, 0, len(said), unsure=True)
    if len(own) == 1:
        for at, word in enumerate(said):
            if _is_numeronym(word.text, own[0]):
                yield _named(term, said, at, at + 1, unsure=True)
        if term.text.isupper() and 2 <= len(own[0]) <= _MAX_INITIALS:
            for start, end in _expanded(own[0], said):
                yield _named(term, said, start, end, unsure=True)
        return
    telling = [word for word in own if not answer_text.is_stop_word(word)]
    if _holds_all(telling, spoken):
        yield _named(term, said, 0, len(said), unsure=True)
    if 1 < len(telling) < len(own):  # "service denial"
        for start, end, _ in _turned_round(telling, said):
            yield _named(term, said, start, end, unsure=True)
    for start, end, plainly in _turned_round(own, said):
        yield _named(term, said, start, end, unsure=not plainly)
    head = own[-1] in _HEADS or (len(own) > 2 and own[-1] in _HEADS_OF_LONG)
    plain = [word.text for word in said]
    if (
        alone
        and head
        and (
            _same_words(plain, own[:-1])
            or (plain[-1] in _OTHER_HEADS and len(own) > 1 and _same_words(plain[:-1], own[:-1]))
        )
    ):
        yield _named(term, said, 0, len(said), unsure=True)


#: Words before a family name that belong to it: "da Vinci", "van der Berg".
_PARTICLES = frozenset(
    {"da", "de", "di", "du", "del", "della", "van", "von", "der", "den", "la", "le", "bin", "al", "ter", "ten"}
)
#: Common given names: "Grace Hopper" is a person, "Merge Sort" is none.
_GIVEN_NAMES = frozenset(
    (
        "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul"
        " andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry"
        " justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis jerry tyler aaron jose adam henry nathan"
        " peter walter albert isaac arthur alfred oscar leonardo vincent pablo claude galileo nikola marie mary patricia jennifer linda"
        " elizabeth barbara susan jessica sarah karen nancy lisa margaret betty sandra ashley dorothy kimberly emily donna michelle carol"
        " amanda melissa deborah stephanie rebecca laura helen sharon cynthia kathleen amy shirley angela anna ruth brenda pamela nicole"
        " katherine virginia catherine christine samantha debra janet rachel carolyn emma maria heather diane julie joyce victoria kelly"
        " lauren jane ada grace alan tim linus guido bjarne donald edsger alonzo kurt leonhard carl niels max erwin werner enrico rosalind"
        " florence harriet martin nelson winston abraham theodore franklin ronald barack bill steve elon jeff martha agatha virginia toni"
    ).split()
)
_ASKING = re.compile(r"^(?:who|what|where) (?:is|was|are|were) ")


def _names_person(spoken: Sequence[str], name: str) -> bool:
    """Whether the words are the family name of ``name``, with its particles, or the name with the family name first."""
    plain = _ASKING.sub("", " ".join(spoken)).split()
    parts = name.split()
    family = len(parts) - 1
    while family > 1 and parts[family - 1] in _PARTICLES:
        family -= 1
    own, last = (
        [token.text for token in answer_text.tokens(" ".join(some))] for some in (parts[:family], parts[family:])
    )
    if plain == [*last, *own]:
        return True
    if own and plain[-len(last) :] == last and len(plain) == len(own) + len(last) and _is_given(plain[0], own[0]):
        return plain[1 : len(own)] == own[1:]
    named = own[0] in _GIVEN_NAMES or not all(map(is_english, last))
    return named and (plain == last or "".join(plain) == "".join(last))


def _is_given(said: str, name: str) -> bool:
    """Whether one given name is the short form or the initial of the other: "Timothy" and "T" for "Tim"."""
    short, long = sorted((said, name), key=len)
    return long.startswith(short)


#: Long words that begin alike for so long are of one root: "photosynthetic" and "photosynthesis".
_ROOT_LETTERS, _ROOT_SHARE = 8, 0.75


def _of_one_root(said: str, name: str) -> bool:
    shorter = min(len(said), len(name))
    same = next((at for at in range(shorter) if said[at] != name[at]), shorter)
    return said != name and same >= _ROOT_LETTERS and same >= _ROOT_SHARE * max(len(said), len(name))


def _lacks(thing: str, spoken: Sequence[str]) -> bool:
    """Whether the words say that there is no ``thing``: "it has no state" for "stateless"."""
    said = " ".join(spoken)
    return (
        re.fullmatch(
            rf"(?:(?:it|that|this|they|which) )?(?:has|have|with|keeps?|holds?|needs?|stores?)? ?(?:no|without|lacks?|zero)(?: any| a)? {thing}s?",
            said,
        )
        is not None
        or re.fullmatch(
            rf"(?:it |they )?(?:does not|doesn't|do not|don't) (?:have|keep|hold|need|store)(?: any| a)? {thing}s?",
            said,
        )
        is not None
    )


def _with_head(own: Sequence[str], said: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Initials of all words but the last, which is said: "MITM attack"."""
    if len(own) < 3:
        return
    initials = _initials(own[:-1])
    for at in range(len(said) - 1):
        if said[at].text in initials and same_word(said[at + 1].text, own[-1]):
            yield at, at + 2


def _same_words(said: Sequence[str], meant: Sequence[str]) -> bool:
    return len(said) == len(meant) and all(
        same_word(one, two, in_phrase=True) for one, two in zip(said, meant, strict=True)
    )


def _named(term: Term, said: Sequence[Token], start: int, end: int, *, unsure: bool) -> OtherName:
    return OtherName(term.text, said[start].start, said[end - 1].end, unsure)


def expands(words: Sequence[str], abbreviation: str) -> bool:
    """Whether all of ``words`` may be what ``abbreviation`` stands for: "third normal form" for "3NF"."""
    short = abbreviation.casefold()
    return re.fullmatch(r"[A-Z0-9]{2,6}", abbreviation) is not None and short in _initials(words)


def _initials(own: Sequence[str]) -> set[str]:
    """ "oop", "2nf" and "ux" for terms of two to six words; with and without the words of grammar."""
    telling = [word for word in own if not answer_text.is_stop_word(word)]
    found = set()
    for words in (own, telling):
        if 2 <= len(words) <= _MAX_INITIALS:
            found.add("".join(word[0] for word in words))
            found.add("".join(str(ordinal(word) or word[0]) for word in words))
            found.add("".join(str(ONES.get(word) or word[0]) for word in words))
            found.add("".join("x" if word.startswith(("ex", "cross")) else word[0] for word in words))
            if words[-1].isdecimal():  # "ww2", "wwii"
                found.add("".join(word[0] for word in words[:-1]) + "i" * int(words[-1]) if int(words[-1]) < 4 else "")
    return found - {""}


def _written(initials: str, said: Sequence[Token]) -> Iterator[tuple[int, int]]:
    for at, word in enumerate(said):
        if word.text in (initials, f"{initials}s") and (len(said) == 1 or not answer_text.is_stop_word(word.text)):
            yield at, at + 1


def _spelled(letters: str, said: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Runs of single letters that spell ``letters``: "h t t p s"."""
    size = len(letters)
    for at in range(len(said) - size + 1) if size > 1 else ():
        if [word.text for word in said[at : at + size]] == list(letters):
            yield at, at + size


def _is_numeronym(word: str, own: str) -> bool:
    """ "k8s" for "kubernetes": the letters between the first and the last are counted."""
    found = _NUMERONYM.fullmatch(word)
    return found is not None and (found[1], int(found[2]) + 2, found[3]) == (own[0], len(own), own[-1])


def _expanded(letters: str, said: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Runs of words that ``letters`` may stand for: "hypertext transfer protocol" for "http"."""
    for start in range(len(said)):
        for end in range(start + 2, min(len(said), start + len(letters)) + 1):
            if _stands_for(letters, [word.text for word in said[start:end]]):
                yield start, end


def _stands_for(letters: str, words: Sequence[str]) -> bool:
    """Whether the letters occur in the words in order, the first letter of each word among them."""
    if not words:
        return not letters
    word, *rest = words
    if not letters or word[0] != letters[0]:
        return False
    taken = 1
    at = 0
    while True:
        if _stands_for(letters[taken:], rest):
            return True
        at = word.find(letters[taken], at + 1) if taken < len(letters) else -1
        if at < 0:
            return False
        taken += 1


def _clipped(spoken: Sequence[str], own: Sequence[str]) -> bool:
    """Whether words are shortened ("std dev") or drawn together ("forex market" for "foreign exchange market")."""
    if spoken == own or len(own) < 2 or not spoken:
        return False
    if len(spoken) == len(own):
        return all(one == two or _shortens(one, two) for one, two in zip(spoken, own, strict=True))
    blend, rest = spoken[0], spoken[1:]
    taken = len(own) - len(rest)
    drawn = taken >= 2 and list(own[taken:]) == list(rest) and not is_english(blend) and len(blend) >= 2 * taken
    return drawn and _stands_for(blend, own[:taken])


def _begins(said: str, name: str) -> bool:
    """Whether ``said`` is the unmistakable beginning of a long name that is no English word."""
    long = len(name) >= _LONG_NAME and len(said) >= _BEGINNING
    return long and name.startswith(said) and not is_english(name) and not is_english(said)


def _shortens(said: str, meant: str) -> bool:
    """Whether ``said`` is a beginning of ``meant``, or no English word and of its letters, in order, the first one first."""
    letters = iter(meant)
    if meant.startswith(said) and 4 <= len(said) <= len(meant) - 3:
        return True  # "tech debt"
    return (
        2 < len(said) < len(meant)
        and said[0] == meant[0]
        and not is_english(said)
        and all(one in letters for one in said)
    )


#: An answer that holds the words of a term apart has at most so many words, and so many others of content.
_MAX_APART, _MAX_OTHERS = 9, 2
_DENYING = frozenset(
    {"without", "no", "not", "never", "nor", "than", "instead", "unlike", "or", "versus", "isn't", "anti"}
)


def _holds_all(telling: Sequence[str], spoken: Sequence[str]) -> bool:
    """Whether a short answer has every telling word of a term, in another order: "an attack by a man in the middle"."""
    if len(telling) < 2 or len(spoken) > _MAX_APART or any(len(word) < 3 for word in telling):
        return False
    if not _DENYING.isdisjoint(spoken):
        return False
    content = [word for word in spoken if not answer_text.is_stop_word(word)]
    places = [[at for at, word in enumerate(content) if same_word(word, one, in_phrase=True)] for one in telling]
    if not all(places) or len(content) > len(telling) + _MAX_OTHERS:
        return False
    order = [found[0] for found in places]
    return len(set(order)) == len(telling) and order != sorted(order)


def _turned_round(own: Sequence[str], said: Sequence[Token]) -> Iterator[tuple[int, int, bool]]:
    """Runs with every word of a term once, in another order; True where grammar joins them or a verb leads."""
    if any(len(word) < 3 for word in own):
        return
    for start in range(len(said)):
        for end in range(start + len(own), min(len(said), start + len(own) + 3) + 1):
            run = [word.text for word in said[start:end]]
            places = [[at for at, word in enumerate(run) if same_word(word, one, in_phrase=True)] for one in own]
            order = [found[0] for found in places if len(found) == 1]
            if len(set(order)) < len(own):
                continue
            others = [word for at, word in enumerate(run) if at not in order]
            if order == sorted(order):
                if others and _DONE.issuperset(others) and run[-1].endswith("ed") and len(run) - 1 in order:
                    yield start, end, False  # "dependencies are injected"
                continue
            ends_in_term = 0 in order and len(run) - 1 in order
            if ends_in_term and _JOINING.issuperset(others):
                yield start, end, bool(others) or run[0].endswith("ing")
