"""Recognises statements of not knowing."""

# ruff: noqa: E501 – a line is one phrase with its alternatives

from __future__ import annotations

import re
from functools import lru_cache

from interview.languages.reading import reading_of
from interview.text.hesitations import without_hesitations
from interview.text.not_knowing import only_not_knowing
from interview.text.phrase_patterns import compiled, row_of
from interview.text.plain_words import plain_words
from interview.text.utterance_model import NOT_KNOWING, heard_as

#: A "don't know" is short; more words say something.
MAX_WORDS = 20

_GROUPS = {
    "how": "(really|just|honestly|truly|simply|actually|genuinely|absolutely|still|quite|even|am afraid i|am sorry i|have to admit i|must admit i|have to say i|think i|sadly|frankly|at the moment|right now|also|definitely|exactly|certainly|particularly|very|all that|entirely|completely|totally|too|so)",
    "it": "(that|this|it|the answer|this one|that one|(this|that|the) (topic|term|word|name|phrase|expression|concept|acronym|thing|stuff)|such a thing|them|the word|the term|the name|one|the formula|the exact answer|the right answer) [to (that|this|it|this one|that one|this question|that question|the question|your question)|of (that|this|it)]",
    "tail": "(at all|whatsoever|for certain|for this|for that|for this one|for that one|with this|with that|with this one|with that one|about (this|that) one|about (this|that|the) question|about the answer|of this one|of that one|for sure|right now|anymore|any more|off the top of my head|off hand|offhand|to be honest|to be frank|honestly|really|here|sorry|i am afraid|on this one|on that one|on that|on this|about it|about that|about this|exactly|yet|now|i must admit|unfortunately|at the moment|what to say|what to answer|how to answer that|how to answer this|how to answer it|what that is|what it is|what this is|what that means|what it is called|what that is called|how that works|how it works|how to do that|how to do it|by heart|anything|either)",
}

_PHRASES = """
    (that|that one|this one|this|it) i {how}* (do not|cannot|could not) {how}* (know|remember|recall|say|answer|tell you) {tail}*
    i {how}* (do not|cannot|could not|would not|did not|no longer) {how}* (know|remember|recall|say|tell|think of) [you|anything [about|of|on]|much about|a thing about|enough about|the first thing about] [{it}|anything|an answer|any] {tail}*
    (do not|cannot|could not) {how}* (know|remember|recall|say|tell you) [{it}] {tail}*
    [i] {how}* (do not have|have|got|have got|have not|have not got|there is) {how}* (no|not a|a|any|an|the faintest|the slightest|not the faintest|not the slightest|zero|no earthly|no real|no good|not any|the foggiest|not the foggiest)* (idea|clue|foggiest|ideas|answer|guess|recollection|memory|notion) [of {it}|for {it}|on {it}|about {it}|to {it}] {tail}*
    {how}* (no|not a|not the faintest|not the slightest|zero|not the) (idea|clue|ideas|foggiest|faintest) {tail}*
    [i am] {how}* (not|un)? {how}* (sure|certain|unsure) {tail}*
    i am {how}* not {how}* (familiar with {it}|aware of {it}|able to (say|answer|tell|recall|remember) [{it}]|an expert (on|in|at) {it}|good at {it}|up to speed on {it}) {tail}*
    i {how}* (forgot|have forgotten|blanked|blank|blanked out|went blank|draw a blank|am drawing a blank|drew a blank|am blanking|have a blackout|lost it|did know once|used to know [{it}]|knew {it} once|should know {it}) [on] [{it}] {tail}*
    my mind (is|went|has gone|just went) [completely|totally] blank
    i {how}* (forget|am forgetting|always forget|keep forgetting|have clean forgotten|clean forgot|completely forgot|disremember) [{it}|what {it} is called|what {it} is|what it was called|how {it} works|how it goes] {tail}*
    i (would|will|might|should) {how}* (have|need) to {how}* (check|ask|ask someone|ask somebody|verify|refresh my memory|brush up|think harder|research|research it|research that) [{it}|in the documentation|in the docs|the docs|the documentation|the manual|on {it}] {tail}*
    i would {how}* have to (guess|make something up|make it up) {tail}*
    i {how}* cannot {how}* (answer|answer (this|that|the|your) question|help|help with {it}|come up with anything|come up with an answer|put my finger on it|place it|place that|answer) [{it}] {tail}*
    i am {how}* (lost|stumped|baffled|clueless|at a loss|out of my depth|drawing blanks|in the dark|out of ideas|none the wiser|puzzled|beaten) {tail}*
    {how}* (out of my depth|out of my league|over my head|above my head|at a loss|no comment|no memory of it|clueless|drawing a blank) {tail}*
    i could {how}* only guess {tail}*
    (that|this|it|that one|this one) (has|is|went) {how}* (stumped me|got me|beyond me|lost on me|new to me|news to me|foreign to me|unfamiliar|unfamiliar to me|a mystery to me|all greek to me|greek to me|double dutch to me) {tail}*
    (ich weiß [es|das] [leider] nicht|keine ahnung|weiß [ich] nicht|je ne sais pas|aucune idée|no lo sé|no sé|ni idea|não sei|non lo so|geen idee)
    i (would|will|might|should) {how}* (have|need|want|like)? [to] {how}* (look {it} up|look up {it}|google {it}|google|read up on {it}|read about {it}|guess|be guessing) {tail}*
    i {how}* know nothing (about|of|on) {it} {tail}*
    i am {how}* (clueless|ignorant|blank) [about {it}|here|on this]
    i {how}* (lack|am missing) (knowledge|the knowledge|experience) [here|on this|of {it}|in that area]
    {it} does not ring a bell [with me|for me]
    (not that i (can|could) (remember|recall|think of)|unknown to me|i give up|no answer|sorry no|i have nothing)
    i (would|will) {how}* (only|just) be guessing
    (that|this|it) would {how}* be a [wild|pure|complete|total] guess
    i (have|had)? {how}* (never|not)? [yet] {how}* (heard|heard of|heard about|used|done|tried|seen|worked with|dealt with|learned|learnt|studied|come across|encountered|needed|looked into|had to do) {it} [before|yet] {tail}*
    (never|not) [yet] (came across|heard|heard of|heard about|used|seen|learned|learnt|come across|worked with|done) {it} [before|yet]
    i {how}* (do not have|have no|have not any|lack|have little) [any|much|real|enough]* (experience|knowledge|idea) (with|of|in|about|on) {it} {tail}*
    (nothing|no example|no answer) (comes|is coming|springs) to [my] mind {tail}*
    (it|that|the [word|name|term|answer]) (escapes|has slipped|slipped|is slipping|eludes|beats|is beyond|is over|went over|goes over|has escaped) (me|my mind|my head) {tail}*
    (beats me|search me|who knows|you have got me [there]|you got me [there]|your guess is as good as mine|god knows|heaven knows|i wish i knew|if only i knew|hard to say|ask me another|you tell me|do not ask me|dunno|idk|no se|(above|beyond) my (pay grade|paygrade)|i am at a loss|i am lost on (this|that) [one]|i am out of my depth [here]|(that|this) is (beyond me|above my pay grade|out of my depth|not my (area|field|topic|strength|thing|expertise))|not my (area|field|topic|strength|thing|expertise)) [sorry]
    i did not (learn|study|cover|have|get to) {it} [at (school|university|work)]
    we (never|did not) [have|had|learn|learned|cover|covered] {it} [at (school|university|work)]
    i cannot {how}* (answer|help you with) {it} {tail}*
    i (do not|cannot) {how}* know {how}* (what|how|why|which|who|where|when) (that|this|it|they|the (term|word|answer|name)) (is|are|works|work|means|was|does) [called|named|about|for] {tail}*
"""
DONT_KNOW = compiled(_PHRASES, _GROUPS)

_AROUND = compiled(
    """
    (sorry|i am [so|very|really] sorry|i am afraid [that]|apologies|my apologies|thanks|thank you|please|mate|man|dude|sir|madam|bro|buddy|lol|haha)
    (well|so|ok|okay|yes|yeah|no|nope|nah|dang|darn|gosh|jeez|oof|ugh|shoot|argh|blimey|yikes|oops|man|wow|phew|crap|oh|ah|hm|hmm|um|umm|uh|uhm|er|erm|and|but|or|just|actually|honestly|frankly|really|unfortunately|i mean|you know|to be honest|to be fair|to be frank|tbh|sadly|damn|hm hmm|like|maybe|anyway|let me think|let me see|wait|right now|at the moment|again|here|this|that|now|i guess|i think|i must say|i have to say|good question|that is a (good|hard|tough|difficult|tricky) (one|question)|(too|very|so) (hard|difficult)|not really|at all)
    i (would|will|might) have to (pass|skip) [on (this|that|it|this one)|this one|it|that]
    (pass|skip) [on (this|that|it|this one)]
    """,
    {},
)
#: "If I don't know something, I say so and look it up" tells what its speaker does.
_CONDITION = re.compile(
    r"(?:(?:and|but|so|well) )?(?:if|when|whenever|where) (?:i|we|you|one|somebody|someone) (?:(?:ever|really|just) )?"
    r"(?:do not|does not|cannot|could not|did not|have no) "
)


@lru_cache(maxsize=256)
def says_dont_know(text: str, language: str = "en") -> bool:
    """Whether all of ``text`` says that its speaker does not know.

    Cached: within a turn the probe, the grade and the reply each ask about the same words.
    """
    if (reading := reading_of(language)) is not None:
        return reading.not_knowing(text)
    return says_dont_know_by_rules(text) or heard_as(text) == NOT_KNOWING


def says_dont_know_by_rules(text: str) -> bool:
    """As ``says_dont_know`` in English, by the rules alone."""
    plain = plain_words(text)
    fluent = without_hesitations(plain)
    return _says(plain) or (fluent != plain and _says(fluent))


def _says(plain: str) -> bool:
    if plain.count(" ") >= MAX_WORDS or _CONDITION.match(plain):
        return False
    return bool(row_of(f"{plain} ", {"unknown": DONT_KNOW}, _AROUND)) or only_not_knowing(plain)
