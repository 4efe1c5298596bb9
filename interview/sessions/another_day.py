"""English requests to pause the interview or to continue it another day.

They are not wishes to end it, which cannot be undone. The phrases of other languages are in ``interview/languages``.
"""

from __future__ import annotations

import re

from interview.text.plain_words import plain_words

_MOVE = r"(?:reschedule|postpone|pause|interrupt|suspend)"
_GO_ON = (
    r"(?:continue|finish|complete|resume|go on|carry on|delay|shift|move|pick (?:it|this|that|up)|come back|return|"
    r"do (?:it|this|the (?:rest|remaining|other)))"
)
_THEN = (
    r"(?:tomorrow|tonight|later|(?:another|other) (?:day|time)|next (?:week|month|time)|"
    r"(?:this|in the) (?:morning|afternoon|evening)|in (?:an|one|a few|a couple of) (?:hours?|days?)|"
    r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day)"
)
_ANOTHER_DAY = re.compile(rf"\b(?:{_MOVE}|{_GO_ON}\b.*\b{_THEN})\b")
#: The candidate does not want to continue, or says goodbye: "I can't continue, talk to you later".
_ENDS = re.compile(
    r"\b(?:not|cannot|never|no longer|see you|see ya|talk to you|speak to you|bye|goodbye|withdraw|quit)\b|"
    r"\b(?:end|terminate|cancel|abort) (?:the|this|my)\b"
)
#: The interview must be named, because an answer may pause other things: "I'd like to pause the consumer".
_OF_THE_INTERVIEW = re.compile(
    r"^(?:(?:sorry|please|excuse me|ok|so|well) )*(?:(?:can|could|may|might) (?:i|we|you)|"
    r"(?:i|we) (?:would like|want|need) to|"
    rf"(?:is|would) it (?:be )?(?:possible|ok|okay|fine) (?:to|if we|if i)) (?:[a-z]+ ){{0,2}}{_MOVE} "
    r"(?:the|this|our|my) (?:interview|call|conversation)\b"
)
#: A pause of moments is time to think, which the candidate has anyway.
_FOR_MOMENTS = re.compile(
    r"\b(?:moments?|sec(?:ond)?s?|min(?:ute)?s?|bit|while|breath|think|quick(?:ly)?|short(?:ly)?|brief(?:ly)?)\b"
)


def asks_for_another_day(utterance: str, *, stops: bool) -> bool:
    """Whether an English ``utterance`` asks to go on at another time. ``stops``: it was heard as a wish to end."""
    text = plain_words(utterance)
    if not stops and _FOR_MOMENTS.search(text):
        return False
    wish = _ANOTHER_DAY if stops else _OF_THE_INTERVIEW
    return wish.search(text) is not None and _ENDS.search(text) is None
