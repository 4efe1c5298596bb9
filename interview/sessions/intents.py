"""What a candidate asks of the interviewer instead of answering: repeat, skip, a moment, done, a hint, the end.

Rules, not a model: a request must be heard the same every time, and an answer must never be taken for one. So an
utterance counts as a request only when *all* of it is one: after greetings, fillers and courtesies are taken away, each
clause must be a known request. "I would skip the cache" has a clause that is none, and is an answer.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

IntentKind = Literal["repeat", "explain", "skip", "wait", "done", "hint", "end"]

#: An utterance with more words than this is an answer, whatever it begins with.
MAX_WORDS = 30
MAX_CHARACTERS = 300


class Intent(Struct, frozen=True):
    """A recognised request. ``matched`` is the clause that carried it, normalised."""

    kind: IntentKind
    matched: str


_ASK = r"(?:(?:could|can|would|will|may|might) (?:you|i|we) (?:(?:please|kindly|possibly|maybe|just) )*)"
_WANT = (
    r"(?:i(?:'d| would| d) (?:(?:really|just|rather) )?(?:like|love|prefer|want) to|i(?:'d| would) rather|"
    r"i (?:want|need|have|wish) to|i wanna|let me|let us|let's|lets|i(?:'ll| will|'m going to| am going to|'m gonna)(?: just)?|"
    r"may i|can i|could i|can we|could we|shall we|do you mind if i|is it (?:ok|okay|possible|fine) (?:if i|to|if we)|"
    r"i think i(?:'ll| will|'d| would)(?: just| rather| like to)*|i guess i(?:'ll| will)|i(?:'m| am) afraid i(?:'ll| will) have to)"
)
_QUESTION = r"(?:(?:the|that|this|your|my|last|current|previous) )*(?:question|one|problem|task|it|that|this)"
_TIME = (
    r"(?:(?:a|one|another|just a|just one|some|a few|a couple of|a bit of|a little bit of|a bit more|a little more|more|"
    r"a little) )?(?:more )?(?:moment|second|seconds|sec|minute|minutes|time|moments|bit|while|time to think)"
)
_TAIL = r"(?: (?:please|thanks|thank you|now|here|then|for me|again|once more|one more time|if possible|if you can|if that is ok|if that's okay|if that's ok))*(?: i was (?:distracted|not listening|not paying attention))?"

_PATTERNS: dict[IntentKind, tuple[str, ...]] = {
    "end": (
        rf"(?:{_WANT} |please )?(?:end|stop|finish|terminate|quit|cancel|abort|conclude|leave) (?:the|this|our) (?:interview|session|call|conversation|meeting)",
        rf"(?:{_WANT} )(?:stop|end) (?:here|now|it here|the interview here|talking to you)",
        r"(?:the )?(?:interview|session) is over",
        r"(?:i )?(?:do not|don't|dont) (?:want|wish) to (?:continue|go on|carry on)(?: with)?(?: (?:the|this) (?:interview|session))?",
        r"(?:i(?:'m| am) )?(?:done|finished) with (?:the|this) (?:interview|session)",
        r"(?:that's|that is|let's call it|i'd like to call it) (?:a day|the end(?: of (?:the|this) interview)?)",
        r"(?:please )?(?:hang up|end it)(?: now)?",
    ),
    "repeat": (
        rf"(?:{_ASK}|please )?(?:repeat|say|read|ask) (?:(?:the|that|this|your|it|me|what you (?:just )?said|last|question|again) ?)+",
        rf"(?:{_ASK}|please )?(?:repeat|say again)",
        rf"(?:{_ASK}|please )?(?:come again|say (?:it|that) (?:one more time|once more|again)|go over (?:it|that|the question) again)",
        rf"(?:{_ASK}|please )?(?:speak|say (?:it|that)|talk|go) (?:a (?:bit|little) )?(?:more )?(?:slowly|slower|louder|up|clearly)",
        r"(?:(?:i )?(?:did not|didn't|didnt|could not|couldn't|cannot|can't|have not|haven't) (?:really |quite )?(?:hear|catch|get|understand) (?:you|that|it|the question|what you said|the (?:last|first) (?:part|word|bit|sentence)|the (?:end|beginning)))",
        r"what was (?:the|that|your) (?:question|last part|last one)(?: again)?|what did you (?:just )?(?:say|ask)|what was that|what",
        r"(?:(?:i )?missed (?:that|it|the question|the (?:last|first) part))",
        r"(?:beg your pardon|i beg your pardon|pardon|pardon me|come again|say what)",
        r"(?:i )?forgot (?:the|your) question",
        rf"{_WANT} hear (?:it|that|(?:the|this|that|your) question)(?: again| once more)?",
        r"one more time|once more|again please",
    ),
    "explain": (
        rf"(?:{_ASK}|please )?(?:rephrase|reword|clarify|explain) (?:(?:the|that|this|your|it|me|to|question|what you mean|a|bit|little|more|in|other|words|differently|another|way) ?)*",
        rf"(?:{_ASK}|please )?(?:rephrase|clarify|explain) what you mean(?: (?:by|with) [a-z' ]{{1,40}})?",
        rf"(?:{_ASK}|please )(?:give|tell) me an example(?: of (?:that|what you mean))?|{_ASK}give an example(?: of (?:that|what you mean))?",
        r"what (?:do|did) you mean(?: (?:by|with) [a-z' ]{1,40})?|what does that mean|what do you want to know(?: exactly)?",
        r"(?:i )?(?:do not|don't|dont|did not|didn't) (?:really |quite |fully )?understand(?: (?:the|this|that|your) (?:question|one|task))?",
        r"(?:i(?:'m| am) )?not sure (?:what you mean|what you're asking|what you are asking|i understand(?: the question)?)",
    ),
    "skip": (
        rf"(?:{_WANT} |{_ASK}|please )?(?:skip|pass|pass on|leave out|move on from|move past)(?: {_QUESTION})?",
        rf"(?:{_WANT} |{_ASK}|please )?(?:move|go|jump|continue) (?:on |ahead )?(?:to )?(?:with )?(?:the )?next(?: (?:question|one|topic))?",
        rf"(?:{_WANT} |{_ASK}|please )?(?:move on|skip ahead)",
        r"(?:the )?next (?:question|one)",
        r"next",
        r"(?:i(?:'d| would) (?:rather|prefer) not (?:to )?(?:answer|say)(?: (?:this|that|the))?(?: (?:question|one))?)",
        r"(?:i )?(?:do not|don't|dont|cannot|can't) (?:want to |wish to |know how to )?answer(?: (?:this|that|the))?(?: (?:question|one))?",
        r"no (?:answer|comment)|pass|i give up",
    ),
    "wait": (
        # "One minute." alone may answer "how long?"; a moment is nobody's measure.
        r"(?:just )?(?:a|one|another) (?:moment|sec)|just (?:a|one) (?:second|minute)|(?:a|one|another) (?:second|minute) please",
        rf"(?:{_ASK}|please |can i have |could i have |may i have |give me |i need |i'd need |i would need |i'd like |i would like |just )+{_TIME}(?: to think(?: about (?:it|that|this|the question))?)?",
        rf"(?:(?:could|can|would|will) you |please )?(?:give me|wait|hold on|hang on)(?: (?:for )?{_TIME})?",
        rf"(?:{_WANT} |i need (?:a moment |a minute |some time |time )?to )(?:just )?think(?: (?:about|on|over) (?:it|that|this|the question))?(?: (?:for )?(?:{_TIME}))?",
        rf"(?:{_ASK}|may i have |give me |i need )+{_TIME} to think(?: about (?:it|that|this|the question))?",
        r"(?:i(?:'m| am) )?(?:still )?thinking|let me see|bear with me|wait|one sec",
    ),
    "hint": (
        rf"(?:{_ASK}|please |can i (?:get|have) |could i (?:get|have) |may i (?:get|have) |{_WANT} (?:get|have) |i(?:'d| would) (?:like|need|love) |i need |give me |i want )*(?:a|another|one more|the next|some|one|any) (?:small |little )?(?:hint|hints|clue|tip|pointer|nudge)",
        rf"(?:{_ASK}|please )(?:give|offer|show|tell) me (?:a|another|one|some) (?:small |little )?(?:hint|clue|tip|pointer|nudge)",
        rf"(?:{_ASK}|please )(?:give me a hand|help me(?: (?:a (?:bit|little)|out|with (?:this|that|it|the question|this one|this question)))?)",
        r"(?:do you have|is there|are there) (?:a|any|another) (?:hint|hints|clue|tip)s?",
        r"(?:i need|i could use) (?:some |a bit of |a little )?help(?: (?:with (?:this|that|it|the question|this one|this question)|here))?",
        r"hint|help(?: me)?|can you help(?: me)?",
    ),
    "done": (
        r"(?:i(?:'m| am) |i think i(?:'m| am) |i guess i(?:'m| am) )?(?:done|finished|through)(?: (?:with (?:this|that|my|the) (?:question|answer|one)|here))?",
        r"(?:that's|that is|thats|that was|that would be|that'll be) (?:all|it|everything|my answer|all i (?:have|know|can say|wanted to say)|everything i (?:know|have))(?: (?:from me|for now|from my side|i have|i know|i can say))?",
        r"(?:i have |i've )?nothing (?:else|more|further)(?: to (?:add|say))?|(?:i have |i've )?nothing to add",
        r"(?:i )?(?:do not|don't|dont) have anything (?:else |more |further )?to (?:add|say)",
        r"no more(?: to (?:add|say))?|end of (?:my )?answer",
    ),
}

# The order of alternatives does not matter: a pattern must match a whole clause.
_COMPILED: dict[IntentKind, re.Pattern[str]] = {
    kind: re.compile("|".join(f"(?:{pattern}){_TAIL}" for pattern in patterns)) for kind, patterns in _PATTERNS.items()
}

#: Clauses that carry no request of their own and no answer, either.
_EMPTY = re.compile(
    r"(?:(?:sorry|excuse me|pardon me|hello|hi|hey|well|so|ok|okay|right|yes|yeah|yep|no|nope|sure|fine|good|great|alright|all right|"
    r"thanks?|thank you(?: very much| so much)?|please|um+|uh+|er+|hm+|ah|oh|actually|honestly|to be honest|maybe|"
    r"i(?:'m| am) (?:so |very |really )?sorry|sorry about that|"
    r"i (?:really )?(?:do not|don't|dont) know(?: (?:that|this|it|the answer(?: to (?:that|this))?))?|"
    r"i (?:have|'ve) no idea|no idea|i(?:'m| am) not sure(?: about (?:that|this|it|this one|that one))?|i(?:'m| am) stuck|"
    r"i forgot|i (?:do not|don't|dont) remember|that's a (?:good|hard|tough|difficult) (?:question|one)|"
    r"good question|hard question|tough one|i have a question|one question|(?:this|that|it) is (?:too )?(?:hard|difficult|tough)(?: for me)?) ?)+"
)
_LEADING = re.compile(
    r"^(?:(?:sorry|excuse me|well|so|ok|okay|right|yes|yeah|no|hmm*|um+|uh+|er+|ah|oh|actually|honestly|but|and|then|please|hey|"
    r"hi|hello|sure|fine|great|thanks|thank you|maybe|i think|i guess|i'm afraid|perhaps|now|just|interviewer) )+"
)
_NOISE = re.compile(r"[^a-z' ]+")
_SPACE = re.compile(r" +")

#: Which request wins when an utterance holds two: the one that is worst to miss.
_PRIORITY: tuple[IntentKind, ...] = ("end", "repeat", "explain", "hint", "wait", "skip", "done")


def recognise(utterance: str) -> Intent | None:
    """The request that ``utterance`` is, or None when it is, or may be, an answer.

    English only; callers of other languages get None and the interview goes on, as with any answer.
    "I don't know" alone is an answer (a short one), not a request to skip.
    """
    lowered = utterance.lower().replace("’", "'").replace("`", "'")
    if len(lowered) > MAX_CHARACTERS or len(lowered.split()) > MAX_WORDS:
        return None
    found: dict[IntentKind, str] = {}
    for clause in _clauses(lowered):
        if _EMPTY.fullmatch(clause):
            continue
        kind = _kind_of(clause)
        if kind is None:
            return None
        found.setdefault(kind, clause)
    for kind in _PRIORITY:
        if kind in found:
            return Intent(kind, found[kind])
    return None


def _kind_of(clause: str) -> IntentKind | None:
    bare = _LEADING.sub("", clause + " ").strip()
    for candidate in dict.fromkeys((clause, bare)):
        for kind in _PRIORITY:
            if _COMPILED[kind].fullmatch(candidate):
                return kind
    return None


def _clauses(text: str) -> Iterable[str]:
    """Sentences and comma-separated parts; conjunctions join requests ("I'm stuck and need a hint")."""
    for part in re.split(r"[.!?;:,\n—–]+|\b(?:and then|and so|so|because|but|and)\b", text):
        clause = _SPACE.sub(" ", _NOISE.sub(" ", part)).strip(" '")
        if clause:
            yield clause
