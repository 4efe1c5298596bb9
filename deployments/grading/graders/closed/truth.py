"""Reads yes and no for a true/false question: "that's right", "nope", "not really", "I don't think so", "it isn't"."""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re

from interview.text.stance import hold

_YES = re.compile(
    r"\b(?:true|correct|right|yes|yeah|yep|yup|yea|sure|absolutely|definitely|certainly|affirmative|indeed|agreed?|of course|exactly|valid|accurate"
    r"|(?:i )?(?:think|believe|guess|suppose) so|uh[- ]huh|sounds (?:right|good)|you bet|spot on|bang on|on the money|checks out|adds up|holds(?: up| water)?|that tracks|makes sense|factual|a fact|confirmed|how it (?:is|works|goes)"
    r"|(?:can|will|would) confirm|no doubt|without (?:a )?doubt|undoubtedly|for sure|totally|you(?:'ve| have) got (?:it|that)|aye|roger(?: that)?|thumbs up)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:false|incorrect|wrong|no(?! (?:doubt|question|wonder|idea|clue))|nope|nah|untrue|disagree|negative|invalid|inaccurate|fake|(?:i )?doubt (?:it|that|this)(?! is)|(?:can't|cannot|can not) be|not (?:really|quite|at all|true|correct|right|so|the case)|think not|never"
    r"|(?:do not|don't|dont|would not|wouldn't) (?:think|believe|say) (?:so|that|(?:it|this|that) (?:is|does|can|will)|(?:they|you|we) (?:are|do|can|will))|no way|uh[- ]uh|of course not|absolutely not|definitely not|certainly not|a lie|a myth|bogus|rubbish|nonsense|far from it|on the contrary|(?:quite )?the (?:opposite|reverse)|by no means|in no way|hardly|nay|nada"
    r"|(?:not a|no) chance|not (?:in the slightest|even close|by a long shot|a fact)|(?:does not|doesn't) (?:hold(?: up)?|check out|add up|make sense)|thumbs down)\b",
    re.IGNORECASE,
)
_SHORT_YES = re.compile(
    r"(?:it|they|that|he|she|this|we|you|one|there) (?:is|are|does|do|can|will|would|has|have|should|was|were)",
    re.IGNORECASE,
)
_SHORT_NO = re.compile(
    r"(?:it|they|that|he|she|this|we|you|one|there)(?:'s| is|'re| are| does| do| can| will| would| has| have| should| was| were)?(?: ?n't| ?not|isn't| isn't| aren't| doesn't| don't| can't| won't| cannot)",
    re.IGNORECASE,
)


#: "It does, doesn't it": the tag asks for nothing.
_TAG = re.compile(r",? (?:is|does|do|are|can|will|was|has)n't (?:it|that|they|this|he|she)\s*\??$", re.IGNORECASE)
_PARTLY = re.compile(
    r"\b(?:half|partly|partially|mostly|largely|somewhat|sometimes|semi|kind of|sort of|more or less|in part|not (?:entirely|completely|fully|wholly|always|totally|strictly))"
    r"[ -](?:true|correct|right|false|wrong|valid|accurate)\b|\b(?:true|correct|right|false|wrong)(?:,? (?:only if|except|unless|in theory|on paper|as a rule of thumb)\b)|\b(?:too good to be|used to be|no longer|not any ?more|rarely|seldom|almost|nearly) (?:true|correct|right)\b|^\W*(?:sometimes|it depends|that depends|both|yes and no|in part|to some extent)\W*$",
    re.IGNORECASE,
)


def says_partly(answer: str) -> bool:
    """Whether the answer is neither yes nor no: "half true", "it depends"."""
    return _PARTLY.search(answer) is not None


def says_yes(answer: str) -> bool | None:
    """True for yes, False for no, None if the answer says neither or both.

    A plain "true" or "false" counts before a "yes" or "no"; after a correction, only the text behind it counts.
    """
    asked = _ASKED_AND_DENIED.search(answer)
    if asked is not None:
        return asked.group(1).casefold() != "true"
    short = _TAG.sub("", answer.strip(" .!?,\n"))
    if _SHORT_NO.fullmatch(short):
        return False
    if _SHORT_YES.fullmatch(short):
        return True
    for explicit in (True, False):
        said = _read(answer, explicit=explicit)
        if len(said) == 1:
            return said.pop()
        if said:
            return None
    return None


_ASKED_AND_DENIED = re.compile(r"\b(true|false) ?\? *(?:no|nope|nah)[ .!]*$", re.IGNORECASE)
_EXPLICIT = frozenset({"true", "false", "untrue", "correct", "incorrect", "right", "wrong"})


def taken_back(answer: str) -> bool:
    """Whether "true?" or "false?" is asked and then denied."""
    return _ASKED_AND_DENIED.search(answer) is not None


def _read(answer: str, *, explicit: bool) -> set[bool]:
    found: list[tuple[int, int, bool]] = []
    for pattern, meaning in ((_NO, False), (_YES, True)):
        for match in pattern.finditer(answer):
            word = match.group().casefold()
            last = word.split()[-1]
            if explicit is (last in _EXPLICIT) and all(
                match.start() >= end or match.end() <= start for start, end, _ in found
            ):
                found.append((match.start(), match.end(), meaning))
    found.sort()
    held = hold(answer, [(start, end) for start, end, _ in found])
    said: list[tuple[int, bool]] = []
    for (_, _, meaning), one in zip(found, held, strict=True):
        if one.stance in ("asserted", "denied"):
            said.append((one.commitment, meaning is (one.stance == "asserted")))
    if not explicit and said:  # "no, of course": the first word answers
        return {said[0][1]}
    strongest = max((commitment for commitment, _ in said), default=0)
    meanings = {meaning for _, meaning in said}
    return meanings if len(meanings) < 2 else {meaning for commitment, meaning in said if commitment == strongest}
