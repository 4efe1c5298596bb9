"""Matches one word with another: the same word inflected, misspelt, or written as it sounds.

Near words that are terms of their own ("covariance" for "variance", "translation" for "transaction") do not match.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from interview.text.english_words import is_english
from interview.text.stems import stem

#: Prefixes that turn a word into another term: "asynchronous" is not a typo of "synchronous".
_PREFIXES = (
    "a", "an", "un", "in", "im", "ir", "il", "non", "dis", "anti", "de", "mis", "co", "sub", "super", "hyper", "hypo", "inter",
    "intra", "multi", "semi", "pre", "post", "over", "under", "up", "down", "out", "re", "meta", "auto", "micro", "macro", "ex",
    "en", "bi", "tri", "pro", "trans", "counter", "self", "pseudo", "live", "dead",
)  # fmt: skip
#: Pairs of endings that make different terms of one stem ("authorization" is not "author", "processor" not "process").
_AGENT = re.compile(r"(?:er|or|ers|ors|ist|ists|ee|ees)$")


#: British spellings and their American forms, applied in this order.
_BRITISH = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"(?<=[a-z]{3})our(?=(?:s|ed|ing|ite|ites|al|ally|ful|less|able|ably|er|ers)?$)", "or"),
        (r"(?<=[a-z]{2}[btdc])re(?=s?$)", "er"),
        (r"(?<=[a-z]{2})is(?=(?:e|es|ed|ing|er|ers|able|ation|ations)$)", "iz"),
        (r"ys(?=(?:e|es|ed|ing|er|ers)$)", "yz"),
        (r"(?<=[a-z]{2})ogue(?=s?$)", "og"),
        (r"(?<=defen|offen|licen|prete)(?:n?)ce(?=[ds]?$)", "se"),
        (r"(?<=[a-z]{3}m)me(?=s?$)", ""),
        (r"\bgrey", "gray"),
        (r"artefact", "artifact"),
        (r"judgement", "judgment"),
        (r"acknowledgement", "acknowledgment"),
        (r"(?<=[a-z])ae(?=[a-z]{3})", "e"),
        (r"^thru(?=put|$)", "through"),
        (r"mould", "mold"),
        (r"sceptic", "skeptic"),
        (r"ageing", "aging"),
    )
)


@lru_cache(maxsize=20_000)
def _american(word: str) -> str:
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    return word


@lru_cache(maxsize=20_000)
def same_word(said: str, meant: str, *, in_phrase: bool = False) -> bool:
    """The same word in another form: plural, verb ending, noun of a verb or adjective. Both casefolded."""
    if said == meant or (min(len(said), len(meant)) >= 4 and _american(said) == _american(meant)):
        return True
    if said[:3] != meant[:3] or not re.search("[aeiouy]", meant) or _other_noun(said, meant):
        return False
    if said.endswith("ily") and meant == f"{said[:-3]}y":
        return True
    if in_phrase and _without_ending(said) == _without_ending(meant):
        return True
    if _names_act(said, meant) or _names_act(meant, said):
        return True
    if in_phrase and stem(_AGENT.sub("", said)) == stem(_AGENT.sub("", meant)):
        return True
    if stem(said) != stem(meant):
        return False
    shorter, longer = sorted((said, meant), key=len)
    if len(longer) - len(shorter) > 5:  # "author" and "authorization"
        return False
    return in_phrase or _agent(said) == _agent(meant)


#: Endings of nouns that make different terms of one stem: "integrity" and "integration", "authenticity" and "authentication".
_NOUNS = tuple(
    re.compile(rf"(?<=[a-z]{{3}}){ending}$") for ending in ("it(?:y|ies)", "(?:t|s|at|it|iz|is)ions?", "isms?")
)


def _other_noun(said: str, meant: str) -> bool:
    kinds = [next((at for at, ending in enumerate(_NOUNS) if ending.search(word)), None) for word in (said, meant)]
    return None not in kinds and kinds[0] != kinds[1]


#: Endings behind which the root decides: "nominalization" is no misspelt "normalization".
_DERIVED = re.compile(
    r"(?:i[sz]ation|i[sz]ing|i[sz]er|ation|ivity|ality|ity|ness|ment|able|ible|ally|ism|ist|ive|ing)s?$"
)


def _of_another_root(said: str, meant: str) -> bool:
    """Whether both have one ending, and the root of ``said`` is another English word."""
    one, other = _DERIVED.search(said), _DERIVED.search(meant)
    if one is None or other is None or one.group() != other.group():
        return False
    root, wanted = said[: one.start()], meant[: other.start()]
    return root != wanted and len(root) >= 4 and any(is_english(root + ending) for ending in ("", "e"))


def _without_ending(word: str) -> str:
    """Without the ending of a possessive or of an old participle: "Moore law", "sunken costs"."""
    return re.sub(r"(?<=\w{2})(?:'s|s'|(?<=\w{3}[^aeiou])en)$", "", word)


#: How the root of a Latin verb ends, and how it ends in the noun of its act: "absorb" and "absorption".
_ROOTS = tuple(
    (re.compile(ending), noun)
    for ending, noun in (
        (r"rb$", "rpt"), (r"scrib$", "script"), (r"nd$", "ns"), (r"(?<=[aeiou])d$", "s"), (r"olv$", "olut"), (r"mitt?$", "miss"),
        (r"ceiv$", "cept"), (r"duc$", "duct"), (r"rt$", "rs"), (r"cee?d$", "cess"), (r"sum$", "sumpt"), (r"pell?$", "puls"),
        (r"tain$", "tent"), (r"tain$", "ten"), (r"quir$", "quisit"),
    )
)  # fmt: skip


def _names_act(noun: str, verb: str) -> bool:
    """Whether ``noun`` is the act of ``verb`` with another root: "division" and "dividing", "maintenance" and "maintain"."""
    found = re.fullmatch(r"(\w{4,})(?:ions?|ances?|al)", noun)
    if found is None:
        return False
    root = re.sub(r"(?:ing|ed|es|s|e)$", "", verb)
    if noun.endswith("al") and found.group(1) == root + root[-1:]:  # "referral"
        return True
    return any(ending.search(root) and ending.sub(act, root) == found.group(1) for ending, act in _ROOTS)


def _agent(word: str) -> bool:
    """Whether the word names an agent: "processor", "compiler", but not "recover"."""
    root = _AGENT.sub("", word)
    return root != word and (is_english(root) or is_english(root + "e"))


@lru_cache(maxsize=20_000)
def misspelt(said: str, meant: str, *, in_phrase: bool = False) -> bool:
    """Whether ``said`` is ``meant`` with a typing error. ``in_phrase``: the neighbouring words match already.

    An English word is not a typing error, and neither is a short word, one with a digit or one with another prefix.
    """
    if any(char.isdecimal() for char in said + meant) or min(len(said), len(meant)) <= 3:
        return False
    if is_english(said) and not (in_phrase and said[0] == meant[0] and sounds_like(said, meant)):
        return False
    if len(meant) <= 5 and len(said) != len(meant) and not in_phrase and not _doubled(said, meant):
        return False
    if _of_another_root(said, meant):
        return False
    shorter, longer = sorted((said, meant), key=len)
    if any(longer == prefix + shorter for prefix in _PREFIXES):
        return False
    allowed = 1 if len(meant) <= 5 else 2 if len(meant) <= 9 else 3
    if said[0] != meant[0]:
        allowed = min(allowed, 1)
    return OSA.distance(said, meant, score_cutoff=allowed) <= allowed


def _doubled(said: str, meant: str) -> bool:
    """A letter written twice or once: "rafft" for "raft", "mutx" excluded."""
    return re.sub(r"(.)\1", r"\1", said) == re.sub(r"(.)\1", r"\1", meant)


#: Names of letters as they are transcribed.
_LETTER_NAMES = {
    "oh": "o", "zero": "o", "ay": "a", "bee": "b", "see": "c", "sea": "c", "cee": "c", "dee": "d", "ee": "e", "ef": "f", "gee": "g",
    "aitch": "h", "eye": "i", "jay": "j", "kay": "k", "el": "l", "em": "m", "en": "n", "pea": "p", "cue": "q", "queue": "q",
    "are": "r", "ess": "s", "tea": "t", "you": "u", "vee": "v", "ex": "x", "why": "y", "zee": "z", "zed": "z",
    "sequel": "sql", "four": "4", "for": "4", "two": "2", "to": "2", "too": "2",
}  # fmt: skip
_SOUND_RULES = (
    (r"\b4\b", "for"), (r"\b2\b", "tU"), (r"\b8\b", "At"), (r"\b1\b", "won"), (r"\boh\b", "O"),
    (r"\bq\b|\bqueues?\b|\bcues?\b", "kyU"), (r"\bx\b", "eks"), (r"\bc\b", "sE"), (r"\by\b", "wI"), (r"\br\b", "ar"),
    (r"\bu\b", "yU"), (r"\bb\b", "bE"), (r"\bt\b", "tE"), (r"^ng", "eng"), (r"\b(?:kn|gn)", "n"), (r"\bwr", "r"), (r"\bps", "s"),
    (r"(?<=[a-z])ache\b", "aS"), (r"eigh", "A"), (r"eign", "en"), (r"igh", "I"), (r"tch", "ch"), (r"tion|sion|cian", "shun"), (r"ph", "f"), (r"gh", ""),
    (r"ch(?=[rly])", "k"), (r"ck|qu?|cc", "k"), (r"x", "ks"), (r"sch", "sk"), (r"sh", "S"), (r"ch", "C"), (r"c(?=[eiy])", "s"), (r"c", "k"),
    (r"dge", "j"), (r"g(?=[eiy])", "j"), (r"z", "s"), (r"wh", "w"), (r"th", "T"), (r"mb\b", "m"),
    (r"a([b-df-hj-np-tv-z])e\b", r"A\1"), (r"e([b-df-hj-np-tv-z])e\b", r"E\1"), (r"[iy]([b-df-hj-np-tv-z])e\b", r"I\1"),
    (r"o([b-df-hj-np-tv-z])e\b", r"O\1"), (r"u([b-df-hj-np-tv-z])e\b", r"U\1"), (r"ee|ie|ei|ey\b|y\b|i\b", "E"),
    (r"ai|ay", "A"), (r"oo|ou|ew|ue", "U"), (r"oa", "O"), (r"ow|au|aw", "o"), (r"y", "i"), (r"([a-zA-Z])\1+", r"\1"),
    (r"h(?![aeiouAEIOU])", ""), (r"\s+", ""), (r"(?<=[a-z])e$", ""),
)  # fmt: skip
_SOUNDS = tuple((re.compile(pattern), sound) for pattern, sound in _SOUND_RULES)
_VOWELS = re.compile("[aeiouAEIOU]+")


@lru_cache(maxsize=20_000)
def _sounds(text: str) -> frozenset[str]:
    """Rough transcriptions of English spelling, equal for words that sound alike; "ea" is long or short."""
    found = set()
    for variant in {text.replace("ea", "ee"), text.replace("ea", "e")}:
        sound = variant
        for pattern, written in _SOUNDS:
            sound = pattern.sub(written, sound)
        found.add(sound)
    return frozenset(found)


def spelled_out(text: str) -> str:
    """Spoken letters joined: "oh auth" is "oauth", "s q l" is "sql"."""
    return "".join(_LETTER_NAMES.get(word, word) for word in text.split())


@lru_cache(maxsize=20_000)
def sounds_like(said: str, meant: str) -> bool:
    """Whether two phrases sound alike: "4 in key" and "foreign key", "cue" and "queue", "ded lock" and "deadlock"."""
    if min(len(said), len(meant)) >= 2 and spelled_out(said) == spelled_out(meant):
        return True
    ones, twos = _sounds(said), _sounds(meant)
    if any(len(one) >= 2 for one in ones & twos):
        return True
    return any(_nearly(one, two) for one in ones for two in twos)


def _nearly(one: str, two: str) -> bool:
    """Long enough, the same consonants in order, and hardly another vowel."""
    if len(one) < 5 or len(two) < 6 or one[0] != two[0] or _VOWELS.sub("", one) != _VOWELS.sub("", two):
        return False
    return bool(OSA.distance(one.casefold(), two.casefold()) <= 1 + (len(two) >= 7))
