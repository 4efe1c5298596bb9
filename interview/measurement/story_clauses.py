"""Splits a told story into clauses, and the patterns that tell what a clause is for by its form."""

# ruff: noqa: E501 – a pattern of alternatives is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from interview.measurement.story_cues import FINITE

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
#: Conjunctions and subjects at which an unpunctuated sentence of more than ``_LONG_WORDS`` words is split.
CONJUNCTION = re.compile(
    r"(?<=\s)(?:and|so|but|because|until)(?= (?:um |uh |yeah |then |so |also |in the end |thankfully |luckily )*(?:they|he|she|it|we|i|"
    r"what i did|then|eventually|finally|now|my|our|the|his|her|their|as a result|after|since|everybody|everyone|nobody|no one|nothing|"
    r"everything|people|there|this|that|both|all|by|within)\b)",
    re.IGNORECASE,
)
_LONG_WORDS, _LONG_WORDS_ELSEWHERE = 18, 24
#: In a shorter sentence, a conjunction and another subject with a verb of its own: "I added an index, and the page
#: loaded in a second". A verb after the conjunction continues what the speaker did.
_SHORTEST_WORDS = 7
_OTHER_SUBJECT = re.compile(
    r"(?<=\s)(?:and|so|but) (?=(?:(?:then|so|also|in the end|thankfully|luckily|fortunately|finally|eventually|soon|now|today|sadly|unfortunately) )*"
    r"(?:(?:the|a|an|our|my|his|her|their|its|this|that|these|those|all|both|most|some|many|each|every|two|three|four|five|ten|twenty|thirty|half|only|not a|no|nearly|almost|about|by|within|after) (?:[\w'’-]+ ){1,5}?"
    r"|(?:it|he|she|they|we|nobody|everyone|everybody|no one|nothing|everything|people) (?:[\w'’-]+ ){0,2}?|(?!i\b|we\b|to\b|not\b)[\w'’-]+ (?:(?:in|of|at|on|from|with|about|for|among) (?:[\w'’-]+ ){1,3}?)?)(?=VERB\b))".replace(
        "VERB", rf"(?:{FINITE})"
    ),
    re.IGNORECASE,
)
_STARTS_WITH_VERB = re.compile(rf"(?:and|so|but) (?:(?:then|also|finally|later) )*(?:i\b|{FINITE}\b)", re.IGNORECASE)
#: Words before a subject, and between a subject and its verb.
_ADVERBS = "basically|luckily|thankfully|then|later|afterwards|eventually|finally|anyway|meanwhile|obviously|actually|yeah|like|well"
_BEFORE_VERB = "[a-z]+ly|also|then|just|like|never|even|both|all|um|uh|still"
#: Where the next event begins in speech without punctuation: a subject and its verb, or a phrase of time or place.
_NEXT_EVENT = re.compile(
    rf"(?<=\s)(?=(?:(?:{_ADVERBS}) )*"
    rf"(?:(?:i|he|she|we|they|it|that|there|nobody|everyone|everybody) (?:(?:{_BEFORE_VERB}) )*(?:{FINITE}|went|told|said|got|didn|couldn|wasn|weren|wouldn|ended)\b"
    r"|(?:in the end|at the end|at first|after that|afterwards|eventually|meanwhile|the next (?:day|morning|week|time)|on the (?:first|second|third|last) day|next (?:day|morning|week|one|time)|from then on|since then|turns out|long story short)\b"
    rf"|(?:our|my|the) (?:aim|goal|target|job|task|plan|boss|manager|supervisor|deputy|customer|client|result) (?:{FINITE}|said|told|asked|wanted)\b))",
    re.IGNORECASE,
)
#: After such a word the subject belongs to what was said before.
_LEADS_ON = re.compile(
    r"\b(?:and|but|so|or|because|that|which|who|whom|what|when|while|where|how|why|if|as|than|until|till|before|after|since|once|whenever|though|although|whether|"
    r"said|say|says|saying|told (?:me|him|her|us|them)|knew|know|thought|think|felt|found|found out|figured|realised|realized|noticed|saw|hoped|guess|believed|decided|asked|wrote|promised|sure|like|um|uh|yeah|basically|the|a|an|my|our|his|her|their|then|all|everything|thing|way|time|day|first thing|one|in|at|of|on|to|for|with|from|by|about)\W*$",
    re.IGNORECASE,
)
#: A longer sentence is taken for several that lack their punctuation.
_RUN_ON_WORDS = 25
#: A typed heading: the clause is this part.
HEADING = re.compile(
    r"\W*(?:the |my |our )?(?:(?P<situation>situation|s|context|background|setting|problem|challenge|starting point)"
    r"|(?P<task>tasks?|t|goals?|objectives?|aim|target|role|job|brief|mission|responsibility|assignment|what was (?:asked|expected)(?: of me)?)"
    r"|(?P<action>actions?|a|approach|steps?(?: taken)?|what i did|part|response|measures|solution|how i (?:did it|went about it))"
    r"|(?P<result>results?|outcomes?|r|impact|effect|what came of it|how it ended|end result|learnings?|lessons?(?: learned)?)) ?(?::|-|–|—) ",
    re.IGNORECASE,
)
#: "In one class that I taught": a relative clause describes a noun and tells no action.
RELATIVE = re.compile(
    r"\b(?:where|which|whom|(?<!said )(?<!knew )(?<!found )(?<!was )(?<!is )(?<!so )(?<!meant )(?<!sure )(?<!out )(?<!told me )"
    r"(?<!told them )(?<!realised )(?<!realized )(?<!decided )that) i (?:(?:had|have|once|then|also) )*[a-z]+\b",
    re.IGNORECASE,
)
#: At the end of a story "had to" tells what came of it.
CAME_TO = re.compile(
    r"^\W*(?:(?:and|but|so|sadly|unfortunately) )*(?:in the end|eventually|ultimately|finally)\b", re.IGNORECASE
)


def clauses_of(text: str, conjunction: re.Pattern[str], *, english: bool) -> Iterator[tuple[str, int]]:
    """Sentences and their offsets; long unpunctuated sentences are split at conjunctions."""
    for found in _SENTENCE.finditer(text):
        cuts = [0]
        length = found.group().count(" ")
        if length > (_LONG_WORDS if english else _LONG_WORDS_ELSEWHERE):
            cuts += [cut.start() for cut in conjunction.finditer(found.group())]
            if english and length > _RUN_ON_WORDS:
                cuts = sorted({*cuts, *_next_events(found.group())})
        elif english and length >= _SHORTEST_WORDS:
            cuts += [
                cut.start()
                for cut in _OTHER_SUBJECT.finditer(found.group())
                if not _STARTS_WITH_VERB.match(found.group(), cut.start())
            ]
        for at, until in zip(cuts, [*cuts[1:], len(found.group())], strict=True):
            piece = found.group()[at:until]
            if piece.strip():
                yield piece.strip(), found.start() + at + len(piece) - len(piece.lstrip())


def _next_events(sentence: str) -> Iterator[int]:
    for cut in _NEXT_EVENT.finditer(sentence):
        if not _LEADS_ON.search(sentence, max(0, cut.start() - 20), cut.start()):
            yield cut.start()
