"""Recognises requests in free wording by their keywords, in utterances without subject matter.

``request_phrases`` requires known phrases throughout. Here every word must be conversational (pronouns, auxiliaries,
"question", "please"), and one must be a keyword of the kind. "Could you go back and repeat the question" is a request;
"repeat the measurement" has a subject word and is an answer.
"""

# ruff: noqa: E501 – each line is one alternative

from __future__ import annotations

import re
from collections.abc import Mapping

from interview.sessions.request_phrases import IntentKind

#: A free-wording request has at most this many words.
MAX_WORDS = 18

_WORDS = """
    i you we me us my your our it that this these those the a an one ones there here what which how where when why
    who if whether am is are was were be been being do does did done have has had having can could will would shall
    should may might must cannot not no to of in on at for from with about by into out up down off over back ahead
    as than then so and or but because since though although please thanks thank sorry pardon apologies excuse
    kindly hello hi hey okay ok yes yeah yep no nope well um uh hm hmm er ah oh right sure fine alright good great
    nice maybe perhaps just really very quite actually honestly only even still also too again once more another
    other next last first second third final previous later now soon today moment bit little few much many any some
    all everything anything nothing something else enough question questions answer answers interview interviewer
    word words term terms sentence part half end beginning start option options choice choices topic example
    examples context wording meaning thing things way point ask asked asking say said saying tell told telling speak
    speaking talk talking read reading hear heard hearing listen listening repeat repeating rephrase rephrasing
    explain explaining clarify clarifying describe mean means meant understand understood get got getting know
    knowing think thinking see give giving take taking want wanted need needed like liked prefer rather wish try
    trying help helping let go going come move moving continue skip skipping pass wait waiting hold hang stop
    stopping finish finished leave leaving quit ending follow following remember forgot forget missed miss catch
    caught lost lose put make able possible sorry afraid unsure certain sure clear unclear confused confusing stuck
    lost difficult hard tough easy quick quickly slow slowly slower loud louder simple simpler different differently
    specific aloud properly exactly correctly minute minutes second seconds time break hint hints clue clues tip
    tips mind appreciate wonder guess suppose believe feel happy ready chance direction started begin beginning idea
    clue thought thoughts mine yourself myself anymore longer away yet already before after while until between same
    whole entire main best supposed comfortable covered add added complete completely fully totally case voice audio
    sound muted time noise call repeated restate restated restating replay replayed reword rewording phrase phrased
    message statement response reply mention mentioned speed pace rate voice fast faster quickly slowing elaborate
    elaborating expand further detail details explanation clearer whoa hey sec day come comes played play heard spoken
    speech words command sentences again terms request line bit
"""
_CONVERSATION = frozenset(_WORDS.split())

#: A third person, or a hypothetical about work: the utterance is an answer.
_NOT_ASKED = re.compile(
    r"\b(?:not|never|no need to|without) (?:want|need|like|wish|have|going|require|really want|really need)? ?(?:to )?(?:a |the |any |to |more |your |it |this )*(?:skip|hint|hints|clue|clues|help|repeat|stop|end|leave|quit|finish|wait|moment|time|break|explain|rephrase|clarify|pass|move)\b|"
    r"\bno (?:clue|idea)\b|"
    r"\blet (?:me|us) (?:just |first |quickly )?(?:elaborate|explain|rephrase|clarify|expand|restate|repeat|reword|summarize|summarise)\b|"
    r"\b(?:i|we|they|it|he|she) (?:would |will |just |then |always )*(?:slow|slowed|replay|replayed|restate|restated|cancel|cancelled|elaborate|elaborated) (?!you\b|your\b)|"
    r"\b(?:ask|tell|let|help|have|get|make|want|give) (?:the|them|him|her|people|somebody|someone|everyone|a|an) (?!moment|minute|second|hint|clue|tip|break|bit|little|few|example|question|next|last|other|options?|choices?|start|first|interview|answer|way|point|call|session|process)|"
    r"\b(?:i|we) would (?:first |then |always |also |just |simply |probably |definitely )*(?:ask|tell|say|explain|repeat|stop|wait|help|give|describe|make|put|leave|end|finish|try|do|start|begin|go|continue|take|think about what|clarify|rephrase)\b(?! to (?:the next|you))(?! (?:you|that) to)|"
    r"\b(?:i|we|it|they|he|she) (?:always|usually|often|never|sometimes|normally|did it|do it|had to|went|took|stopped|finished)\b"
)  # fmt: skip

#: A request addresses the interviewer or mentions the question.
_TURNS = re.compile(
    r"\b(?:i|you|me|we|us|my|your|please|question|questions|thanks|sorry|(?:that|this) be repeated|(?:last|that) (?:response|message|sentence|statement|phrase))\b"
)

_MARKS: dict[IntentKind, str] = {
    "end": r"call it a day|(?:end|stop|finish|quit|leave|cancel|withdraw) (?:from )?(?:the|this|our|my) (?:interview|session|call|conversation|process|application)|(?:i|we) (?:really )?(?:have|need|want|would like|must) (?:to )?(?:go|leave|stop|finish|quit|end)(?: (?:it|this|now|here|the interview))* $|i want out",
    "repeat": r"(?:repeat|repeating|repeated)|restate|restated|restating|replay|replayed|play (?:it|that|this|the question) again|come again|"
    r"(?:what|which question|which) (?:were|was|is|are|did|do) (?:you|that|the question|it) (?:[a-z]+ ){0,3}(?:saying|said|say|mention|mentioned|asking me|ask me|asked)|(?:what|which) question did you|you (?:just )?(?:said|asked|mentioned) what|what you (?:just )?(?:said|asked|mentioned)|"
    r"(?:you are|you) (?:[a-z]+ ){0,4}(?:too|so) (?:fast|quick|quickly)|(?:speak|speaking|talk|talking|go|read|say it|say that) (?:[a-z]+ ){0,3}(?:slower|slowly|slow)|(?:slower|lower) (?:pace|rate|speed)|"
    r"slow (?:[a-z]+ ){0,2}down (?=(?:[a-z]+ )*(?:please|your|you|for me|speech|voice|talk|bit|little) )|slow (?:down )?(?:your|the speech|the voice)|(?:please|whoa|could you|can you|hey) slow (?:it |this |that )?down|(?:say|said|read|ask|asked|tell|hear|show|see|put|give|give me|get|question|options|choices|what|it|that|you|part) (?:[a-z]+ ){0,5}(?:again|once more|one more time)|(?:did not|could not|cannot|do not|not able to) (?:really |quite |even |properly )*(?:hear|catch)|(?:missed|miss|misheard) (?:it|that|the|your|what|part|some|half|a)|what (?:did|was|were|is) (?:the|that|your|you) (?:[a-z]+ ){0,5}(?:question|said|say|asked|ask|asking|option|last part|first part|second part)|remind me|(?:forgot|forget|lost) (?:what )?(?:the|your|you) (?:question|asked|said)|speak (?:up|louder|slower|slowly|more)|(?:slower|louder) (?:please )?$|(?:question|options|choices) again",
    "explain": r"(?:rephrase|rephrasing|clarify|clarifying|reword|rewording|elaborate|elaborating)|expand on|(?:word|phrase|put) (?:it|that|this|the question|that question|this question) (?:[a-z]+ ){0,2}(?:differently|another way|clearer|simpler|more simply)|(?:make|be) (?:it|that|this|the question)? ?(?:a bit |a little |any )?(?:clearer|more clear)|(?:more|further|in) (?:detail|details|explanation)|(?:not|hard to|difficult to|trouble|difficulty) (?:really |quite |fully |even |exactly |totally |completely |sure i )*(?:understand|understanding|understood|follow|following|get|getting) ?(?:it|that|this|you|what|the|your|how|at|$)|(?:do|does|did|is|are) (?:you|it|that|this|the question) (?:really |exactly )?(?:mean|meant)|(?:not|know|tell me|explain|sure) (?:[a-z]+ ){0,2}what (?:it|that|this|you|the question) (?:really |exactly )?(?:mean|means|meant|want|are asking)|(?:confused|confusing|unclear)|not (?:really |very |quite |entirely |so )*clear|what (?:exactly )?(?:do|are|did) you (?:exactly |actually )?(?:asking|want|expect|need|looking|ask)|not (?:sure|certain) (?:about )?what (?:you|i|the question|to)|more specific|(?:in|with) (?:other|different|simpler|simple|easy|easier) words|(?:say|ask|put|explain) (?:it|that|this|the question) (?:in )?(?:a |another |some other )?(?:differently|different way|way|simpler|other way)|explain (?:it|that|this|the|what|more|to me|a bit|please|again)|(?:give|get|need|have) (?:me )?(?:an?|some|more|any) (?:example|examples|context)(?: (?:please|of that|of what you mean))* $|what (?:exactly )?is the question",
    "hint": r"(?:hint|hints|clue|clues)|(?:help|helping) me (?!understand)|(?:need|some|any|little|could use|get|have|your|want) (?:some |any |a |more |bit of |little |your )*help|i am (?:[a-z]+ )?stuck|(?:where|how) (?:to|do i|should i|can i|could i) (?:even )?(?:start|begin)|right direction|get me started|me started|give me (?:a|some) (?:tip|tips|idea|direction|start)|(?:a|any|some) (?:tip|tips) ",
    "wait": r"(?:give|need|have|take|want|get|like|just|only|for|another|one|a|more|some) (?:[a-z]+ ){0,2}(?:moment|second|seconds|minute|minutes|time|break)(?: (?:to think|please|now|here|more|first|about it|about that|about this|before i|i|and|again|so))|(?:give me|need|take|have|can i have|let me have) (?:[a-z]+ ){0,3}(?:moment|second|seconds|minute|minutes|time|break) |let me (?:[a-z]+ ){0,2}think|still thinking|am thinking|have to think|need to think|want to think|like to think|hold on|hang on|^wait |not ready",
    "skip": r"(?:skip|skipping) |(?:next|another|different|other) (?:question|one|topic)|move on|moving on|pass (?:on|this|that|it|please)?|(?:come|get|go) back to (?:it|that|this|this one|that one|the question)(?: (?:later|at the end|after|soon|again))|(?:rather|prefer|want|like|comfortable|able|wish) (?:to )?not (?:to )?(?:answer|say)|(?:not|cannot) (?:want to |feel |really |be |comfortable |able to |even )*(?:answer|answering|answer it|answer that|answer this)|give up|maybe later|(?:do not|have|got) (?:have )?(?:no|an|any) answer",
    "done": r"(?:that|this|it) (?:is|was|will be|would be|should be) (?:[a-z]+ ){0,3}(?:all|it|everything|my (?:[a-z]+ )?answer) |nothing (?:else|more|to add|left)|(?:i am|i have|have i|all|am) (?:done|finished)|(?:anything|more|nothing) (?:else )?to (?:add|say)|(?:said|told you|covered) (?:everything|all|it all)|(?:you|we) can (?:go on|continue|move on)",
}
_COMPILED: Mapping[IntentKind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{mark})\b") for kind, mark in _MARKS.items()
}
#: What is refused with "not": "I don't need a hint".
_REFUSED: dict[IntentKind, str] = {
    "repeat": "repeat",
    "explain": "explain|rephrase|clarify",
    "hint": "hints?|clues?|help",
    "wait": "wait|moment|time|break|pause",
    "skip": "skip|pass|move on",
    "done": "done|finished|through",
    "end": "stop|end|leave|quit|cancel|withdraw",
}
_NOT = (
    r"\b(?:not|never|no need to|without) (?:quite |really |yet |even |actually |just |at all )*"
    r"(?:(?:want|need|like|wish|have|going|require) )?(?:to )?(?:(?:a|the|any|to|more|your|it|this) )*"
)
_REFUSALS: Mapping[IntentKind, re.Pattern[str]] = {
    kind: re.compile(rf"{_NOT}(?:{words})\b") for kind, words in _REFUSED.items()
}


def refuses(kind: IntentKind, text: str) -> bool:
    """Whether plain ``text`` says that its speaker does not want a request of this kind."""
    return _REFUSALS[kind].search(text) is not None


def asked_in_words(text: str) -> tuple[IntentKind, str] | None:
    """The kind of request in normalised ``text`` (ending with a space) and the matched keyword, else None."""
    words = text.split()
    if (
        len(words) > MAX_WORDS
        or not _CONVERSATION.issuperset(words)
        or _NOT_ASKED.search(text)
        or not _TURNS.search(text)
    ):
        return None
    for kind, mark in _COMPILED.items():
        if found := mark.search(text):
            return kind, found.group().strip()
    return None
