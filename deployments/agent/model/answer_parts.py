"""The parts of an answer that an interviewer may take up, word for word: its sentences and clauses.

The model chooses one of them, so that what it takes up is always something that the candidate said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from interview.text.content_stems import content_stems
from interview.text.machine_orders import text_without_orders
from interview.text.sentences import sentences_of
from interview.text.stop_words import STOP_WORDS

#: A shorter part says nothing, and a longer one is cut: it is to be repeated aloud.
MIN_WORDS, MAX_WORDS = 3, 16
#: A longer clause is divided where another begins within it.
_DIVIDED_FROM = 12
#: More parts would make a long list of choices; the first and the last are the likeliest to be taken up.
MAX_PARTS = 16

_CLAUSE = re.compile(r"(?:[,;:–—]|\s-)\s+(?:and |but |so |or )?")
#: Where a clause that is too long divides.
_JOINT = re.compile(r"\s+(?:and|but|so|or|because|which|when|while|where)\s+", re.IGNORECASE)
#: What follows a whole clause.
_END = re.compile(
    r"""["'”’]?\s*(?:$|[.,;:!?…–—()\]]|-\s|(?:and|but|so|or|because|which|when|while|where)\b)""", re.IGNORECASE
)
#: A part in which a candidate says that they lack the rest: to repeat it would be unkind, and says nothing.
_NOT_TOLD = re.compile(
    r"\b(?:look(?:ed)? (?:(?:it|that|this|them|things) )?up|(?:read|brush) up on"
    r"|(?:not|n't) (?:\w+ ){0,2}(?:sure|certain)|no idea"
    r"|(?:can't|cannot|don't|do not) (?:really )?(?:remember|recall|know|think of)"
    r"|nicht (?:\w+ ){0,2}(?:sicher|genau)|keine Ahnung|nach(?:schauen|sehen|schlagen)"
    r"|nicht (?:mehr )?(?:erinner\w+|weiß)"
    r"|pas (?:\w+ ){0,3}(?:sûre?|certaine?)|aucune idée|(?:souviens|rappelle|sais) (?:pas|plus)"
    r"|no (?:est\w+ )?(?:\w+ )?segur[oa]|no (?:me acuerdo|recuerdo|lo sé|sé)|ni idea)\b",
    re.IGNORECASE,
)
#: A part that avoids the question: "You mentioned: “As I always say”" sounds like a reproach.
_SAYS_NOTHING = re.compile(
    r"\b(?:as I (?:\w+ )?(?:say|said|mentioned)|(?:have|'ve) (?:already )?(?:said|told|explained|answered)"
    r"|(?:someone|somebody) else|jemand ander\w+|quelqu'un d'autre|otra persona"
    r"|(?:mehr als|plus que|más que) (?:das|ce|lo)"
    r"|(?:many|several|different|all) (?:sides|angles|points of view)"
    r"|would rather not|(?:hard|difficult) to say|bigger picture|general idea"
    r"|(?:question|matter) of taste|more to (?:tell|say)|(?:short|long) of it"
    r"|depends on (?:a |so |very )?(?:great |good )?(?:many|lots?)(?: of)?(?: things| factors)?)\b",
    re.IGNORECASE,
)
#: Words to the interviewer, and insults: "You mentioned: “You are wasting my time”" mocks the candidate.
_TO_THE_INTERVIEWER = re.compile(
    r"\b(?:you|your|yours|yourself|shut up|stupid|idiot\w*|rubbish|nonsense|bullshit|crap|damn\w*|fuck\w*|shit\w*"
    r"|chat ?bots?|robots?|better things to do|wast\w+ (?:of )?(?:my )?time"
    r"|(?:talk|speak) to (?:a |an |some|any)(?:one|body|person|human)|joke"
    r"|explain (?:it|that|this) (?:to \w+ )?twice)\b",
    re.IGNORECASE,
)
#: An "and" without punctuation before it joins two clauses if a subject follows, and otherwise parts of one clause.
_JOINED = re.compile(r"\w\s+(?:and|but|so|or)\s+$", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:I|we|he|she|it|they|there|that|this|nobody|everybody|everyone)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"""["'”’]?\s*(?:$|[.!?…])""")
#: Half of a sentence, unless it ends there: "You said: “If all of them come from one campaign”".
_SUBORDINATE = re.compile(
    r"(?:if|when|although|though|because|while|since|unless|whether|as|which|who|where)\b[^,;]*$", re.IGNORECASE
)
#: Left out at the beginning of a quotation.
_CONNECTIVE = re.compile(r"^(?:and|but|so|or|then|also|well) ", re.IGNORECASE)
#: A part with fewer stems tells little ("I look at that one"): another part of the answer may tell more.
_TELLING_STEMS = 3
_QUOTES = re.compile('["“”„«»]')
_EDGES = " .,;:!?…\"'“”‘’()[]<>{}|"


def parts_of(answer: str) -> tuple[str, ...]:
    """The parts in order, without orders to the machine; empty when the answer has no words to take up. Pure."""
    found: dict[str, None] = {}
    for sentence in sentences_of(text_without_orders(answer)):
        for part in map(_cut, _clauses(sentence)):
            if len(part.split()) >= MIN_WORDS and len(content_stems(part)) > 1:
                found.setdefault(part)
    parts = tuple(found)
    half = MAX_PARTS // 2
    return parts if len(parts) <= MAX_PARTS else (*parts[:half], *parts[-half:])


def is_repeatable(part: str, answer: str) -> bool:
    """Whether an interviewer may say ``part`` of ``answer`` again, as a quotation: a whole clause that tells something,
    quotes nothing itself and is not said to or about the interviewer. Pure."""
    at = answer.find(part)
    whole = (
        at >= 0
        and (_JOINED.search(answer[:at]) is None or _SUBJECT.match(part) is not None)
        and _END.match(answer, at + len(part)) is not None
        and (_SUBORDINATE.match(part) is None or _SENTENCE_END.match(answer, at + len(part)) is not None)
    )
    return whole and not _is_refused(part) and not _QUOTES.search(part)


def repeated_part(chosen: str, answer: str, said_before: str = "") -> str:
    """What an interviewer repeats of ``answer`` where a model takes up ``chosen``, one of its parts.

    The sentence that ``chosen`` stands in, or its beginning up to ``chosen``, if it is no longer than a part: "I'd
    combine usage" is less than "I'd combine usage and support tickets". Else ``chosen`` itself. Where that tells
    little, the first part that tells more. Where ``chosen`` is an evasion or an insult, a part of another sentence:
    the candidate may still answer. Nothing that stands in ``said_before`` is repeated again. Empty where no part is
    repeatable. Pure.
    """
    sentences = [one.strip(_EDGES) for one in sentences_of(text_without_orders(answer))]
    refused = _sentence_of(chosen, sentences) if _is_refused(chosen) else ""
    parts = (chosen, *(part for part in parts_of(answer) if part not in refused))
    found = (_CONNECTIVE.sub("", _repeatable(part, sentences, answer)) for part in parts)
    repeatable = [one for one in found if one and one not in said_before]
    return next((one for one in repeatable if len(content_stems(one)) >= _TELLING_STEMS), next(iter(repeatable), ""))


def _repeatable(part: str, sentences: Sequence[str], answer: str) -> str:
    """The longest of the sentence of ``part``, its beginning up to ``part``, and ``part`` that may be repeated, or
    empty."""
    sentence = _sentence_of(part, sentences)
    longer = (sentence, sentence[: sentence.find(part) + len(part)])
    choices = (*(one for one in longer if len(one.split()) <= MAX_WORDS and not _QUOTES.search(one)), part)
    return next((one for one in choices if is_repeatable(one, answer)), "")


def _is_refused(part: str) -> bool:
    return any(pattern.search(part) for pattern in (_NOT_TOLD, _SAYS_NOTHING, _TO_THE_INTERVIEWER))


def _sentence_of(part: str, sentences: Sequence[str]) -> str:
    return next((sentence for sentence in sentences if part in sentence), part)


def _clauses(sentence: str) -> Iterator[str]:
    for clause in _CLAUSE.split(sentence):
        if len(clause.split()) > _DIVIDED_FROM:
            yield from _JOINT.split(clause)
        else:
            yield clause


def _cut(clause: str) -> str:
    """At most ``MAX_WORDS`` words; a clause that is cut does not end in "and I am"."""
    words = clause.strip(_EDGES).split()
    kept = words[:MAX_WORDS]
    while len(kept) < len(words) and kept and kept[-1].lower().strip(_EDGES) in STOP_WORDS:
        kept.pop()
    return " ".join(kept).strip(_EDGES)
