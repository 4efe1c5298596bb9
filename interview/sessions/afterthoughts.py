"""Recognises an afterthought: a candidate returns to an earlier question, with or without the addition itself."""

# ruff: noqa: E501 – each line is one phrase with its alternatives

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from interview.languages.reading import reading_of
from interview.plans.questions import Question
from interview.sessions.request_phrases import FILLERS, GROUPS
from interview.text.phrase_patterns import compiled, row_of
from interview.text.plain_words import plain_words
from interview.text.stems import stem
from interview.text.stop_words import STOP_WORDS
from interview.text.utterance_model import AFTERTHOUGHT, heard_as

#: An announcement has at most this many words.
MAX_WORDS = 40

#: What an answer is changed to in the same sentence has at most this many words: an option, a number, a formula.
MAX_CHANGE_WORDS = 6


class Afterthought(Struct, frozen=True):
    """``announcement`` refers to an earlier question; ``addition`` (may be empty) is the further answer."""

    announcement: str
    addition: str


_GROUPS = {
    **GROUPS,
    "may": """
        (can|could|may|might|shall|should) (i|we|you) {soft}*
        (i|we) (want|need|would like|have|wish|would love) to {soft}*
        let (me|us) {soft}*
        (is it|would it be) (possible|ok|okay|fine|alright|allowed|too late) (to|if i|if we) [could|can]
        [would|do] you mind if (i|we)
        is there [a|any] (way|chance) (to|that i can|i can) {soft}*
        please {soft}*
        i am going to
        i (will|would) just
    """,
    "earlier": """
        [the|my|your|that] (previous|last|earlier|prior|preceding|first|second|former|other) (question|questions|one|answer|answers|task|topic|problem|point|reply|response|thing|formula)
        [the|my|that] (question|answer|one|task|formula) (before|from before|earlier|before that|before this|before this one)
        the (one|question|answer) i just (gave|answered|had|sent|did)
        (something|a thing|one thing) i [just|have]* (said|answered|wrote|told you|mentioned) (before|earlier|previously|just now|a moment ago)
        what i [just] (said|answered|wrote|typed) (before|earlier|previously|just now|to the previous question|in the previous answer)
    """,
    "topical": "(the|your|that) (_2 question [from before|earlier]|question (about|on|with|regarding) _2)",
    "named": "(the|my|that) _2 (question|answer|task|formula|one) [from before|earlier|before|of before]",
    "add": "(add|add something|add one thing|add one more thing|add a thing|add a point|add another point|append something|correct|change|revise|amend|fix|update|complete|finish|redo|edit|improve|extend|rephrase|rewrite|modify|withdraw|take back|say something more|say more|say something else|correct something|change something|answer|give another answer)",
}

_ANNOUNCEMENTS = compiled(
    """
        {may} (go|come|get|jump|return|switch|scroll|step|move) [back] to {earlier} [please|again|for a second|for a sec|for a minute|for a moment|for a bit|quickly|briefly|real quick|once more]*
        {may} (go|step|come) back (one|a) (step|question|one) [please|again|for a second|for a moment]*
        {may} (go|come|get) back [please|again|for a second|for a moment]*
        {may} (add|add something|add one thing|add one more thing|add a point|say something more|say more|say something else) (about|to|on|for) {named} [please|again|quickly|first]*
        {may} {add} [my answer|the answer|what i said] [about|to|on|in|for|of|regarding|at]* {earlier} [please|again|quickly|first|once more]*
        {may} [re]? (reopen|revisit|retry) {earlier} [please|again|quickly]*
        (going|coming|getting|back|go|return|returning|looking|thinking|referring) [back] to {earlier}
        [{may}] ((go|going|come|coming|get|getting|jump|jumping) back|return|returning) to {topical} [please|again|for a second|for a moment|quickly]*
        [just]* (regarding|concerning|about|on|for|as for|with regard to|in|to|one more thing about|one more thing on|one more thing to|something about|one thing about|another thing about|addition to|an addition to|correction to|a correction to|correction of|one more point on) {earlier}
        (going|coming|back|go|return|returning|to come back|to go back) [back] to what (you asked|you wanted to know|we talked about|we discussed|i said) [me] (before|earlier|previously|just now|a moment ago)
        i [think i|just|must have]* (got|have|had) {earlier} wrong
        i am still (adding|answering|talking|typing|writing|speaking|explaining|working|busy) [to|on|about|with|at|something to|something]* ({earlier}|{named})
        i (was|have been|had been) [still|not finished|just|actually|only]* (adding|answering|talking|typing|thinking|working|writing|speaking|explaining|finishing|busy|going to add|about to add|about to say|in the middle of|not done|not finished|not ready|not through) [to|on|about|with|at|of|my|something to|something]* [yet] [{earlier}|{named}|my answer|the answer|{question}]
        i (was not|am not|had not|have not|was not quite|was not really) [quite|really|yet|even]* (done|finished|through|ready|complete|finish|finished answering|done answering|done typing|finished typing|done talking) [yet|there|with|my|answer|the]* [{earlier}|my answer|{question}]
        i (did not|have not|could not|never) [quite|really|even|fully|yet|get to|manage to|actually]* (finish|finished|complete|completed|answer|answered) {earlier} [yet|fully|completely|properly|really]*
        [and] (did not|have not) (answer|mention|say|finish|cover) the _4 [thing|part|bit|point|one|question]
        [and|also|oh]* [there is|there was]* (one|a|another|some|one more)* (thing|point|detail|part) (that)? i (left out|forgot|missed|skipped|did not mention|did not say|forgot to mention|forgot to say|should have said|should have mentioned) (earlier|before|previously|just now|at first|then)
        i (forgot|forgot to say|forgot to mention|forgot to add|missed|left out) [something|one thing|a thing|a point|a part|an important point|to say something|to mention something|to add something]* (in|on|about|for|at|to|with|regarding) {earlier}
        i (have|had|got|just had|thought of) [one|some|a|another|something]* (thing|things|point|more|addition|correction|something|remark|idea|afterthought)* [to] [add|say|correct]* (to|about|on|for|regarding) {earlier}
        (i|that was|it was|i accidentally|i must have|this was)* (pressed|hit|sent|submitted|send|clicked) [it|that|my answer|enter|send|submit|the button|this]* [was]? (too early|too soon|by accident|accidentally|by mistake|too fast|before i (was|had) (done|finished)|early)
        (that|this) was (not|only) [yet]? (my|the|half of my|part of my|half my) (full|whole|complete|final|entire|finished)? (answer|one) [to {earlier}]
        my (previous|last|earlier) answer (was|is) (wrong|incomplete|not complete|not finished|incorrect|not correct|not right)
        i (made|think i made) (a|an) (mistake|error|typo) in {earlier}
        i (meant|intended|wanted) that for {earlier}
        (that|this|it) (was|is|belongs|goes|refers) [meant|still]* (for|to|about) {earlier}
        i (would|want to|will|need to) {add} {earlier}
        {may} (change|correct|switch|revise|update|set) (my [last|previous|first|earlier] (answer|choice|formula|number|reply)|the (last|previous|first) answer) [(to|on|for|of|in|about) ({named}|{earlier})] (to|into|from _1 to) [option]
        {may} (change|correct|revise|update|fix) my (answer|choice|formula|number|reply) (to|on|for|of|in|about) {named} [please|again|quickly|first]*
        (strike|scratch) (that|this|it|that one|{earlier}|that answer|that formula|my answer|what i [just] said) [please]
        (forget|ignore|disregard|discard|withdraw) (that (formula|number|answer|option|choice)|my (last|previous|earlier) (answer|formula|number|choice)|what i just (said|wrote|typed)) [please]
    """,
    _GROUPS,
)
_AROUND = compiled(FILLERS, GROUPS) + compiled(
    """
    (wait|oh wait|hold on|no wait|stop|hang on|oh|one (second|moment)|before (that|i answer|we go on))
    i [have] [just] (remembered|realised|realized|noticed|thought of something)
    """,
    {},
)
#: Words of which an announcement has at least one; a fast filter.
_MARK = re.compile(
    r"\b(?:strike|scratch|choice|formula|number|option|just|previous|last|earlier|prior|before|back|still|finish\w*|done|through|early|soon|accident\w*|mistake|wrong|forgot|first|second|question|answer|meant|complete)\b",
    re.IGNORECASE,
)
#: Openers of an addition that has no full stop before it.
_NEW_CLAUSE = re.compile(
    r"(?:=|i|i'd|i'll|i'm|i’d|we|we'd|it|it's|you|you'd|there|there's|that|also|and|one|option)\b", re.IGNORECASE
)
_TOKEN = re.compile(r"\S+")
_CLAUSE_END = re.compile(r"[,;:.!?–—](?=\s)|\s-(?=\s)")


@lru_cache(maxsize=2048)
def afterthought_in(utterance: str, language: str = "en") -> Afterthought | None:
    """The afterthought that ``utterance`` begins with by the rules, or None."""
    if (reading := reading_of(language)) is not None:
        found = reading.afterthought(utterance)
        return Afterthought(*found) if found else None
    if not _MARK.search(utterance[:300]):
        return None
    tokens = list(_TOKEN.finditer(utterance))[:MAX_WORDS]
    for token in reversed(tokens):
        head = plain_words(utterance[: token.end()])
        if _MARK.search(head) and row_of(f"{head} ", {"announced": _ANNOUNCEMENTS}, _AROUND):
            rest = utterance[token.end() :].strip(" \n\t:;,-–—.")
            changed = head.endswith((" to", " into", " to option", " into option"))
            if changed:  # "can I change my last answer to B?"
                rest = rest.removesuffix("?").removesuffix("please").strip(" ,")
                if not rest or len(rest.split()) > MAX_CHANGE_WORDS:
                    return None
            elif rest and not (utterance[token.end() - 1] in ".?!:;,–—-" or _NEW_CLAUSE.match(rest)):
                return None
            return Afterthought(utterance[: token.end()].strip(), rest)
    return None


@lru_cache(maxsize=2048)
def heard_afterthought(utterance: str) -> Afterthought | None:
    """The announcement that the trained model hears in all of an English ``utterance``, or in its first clauses."""
    ends = [found.end() for found in _CLAUSE_END.finditer(utterance[:300])]
    announced = [end for end in ends if utterance[end - 1] in ":."]  # what follows is the addition
    for end in (*announced, len(utterance), *reversed(ends)):
        head, rest = utterance[:end].strip(), utterance[end:].strip()
        if heard_as(head) == AFTERTHOUGHT:
            return Afterthought(head, rest)
    return None


def meant_question(announcement: str, earlier: Sequence[Question]) -> Question | None:
    """The question among ``earlier`` that an announcement means: the only one that shares a subject word, else the
    last. None when ``earlier`` is empty."""
    named = _subject_words(announcement)
    sharing = [
        question for question in earlier if named & _subject_words(f"{question.prompt} {' '.join(question.topics)}")
    ]
    return sharing[0] if len(sharing) == 1 else (earlier[-1] if earlier else None)


def _subject_words(text: str) -> frozenset[str]:
    words = {word for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in STOP_WORDS}
    return frozenset(stem(word) for word in words) - _GENERAL


_GENERAL = frozenset(
    stem(word)
    for word in (
        "question", "answer", "previous", "last", "one", "add", "adding", "still", "wait", "back", "going", "correct",
        "change", "finish", "finished", "done", "first", "second", "thing", "something", "just", "would", "could", "also",
        "use", "using", "like", "want", "please", "give", "say", "think",
    )
)  # fmt: skip
