"""Orders to a machine that marks, worded as no pattern lists them: by four signals that meet in one sentence.

A word of marking, the candidate's own answer or person, a top mark or a waiver, and a directive. An honest answer has
two of them now and then ("full marks", "please note"), and hardly ever all four.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re

_MARKING = re.compile(
    r"\b(?:scor(?:e|es|ed|ing)|marks?|marked|marking|grad(?:e|es|ed|ing)|rat(?:e|ed|ing|ings)|credits?|points|evaluat(?:e|ed|ion|ing)|assess(?:ed|ment|ing)?|"
    r"verdict|passed|pass(?! (?:this|my|the|it)\b)|approv(?:e|ed|al)|hir(?:e|ed|ing)|judge[d]?|band|recommend(?:ed|ation)?|answer as|result|job|best applicant|best candidate)\b"
)
_OWN = re.compile(
    r"\b(?:me|my (?:\w+ )?(?:answers?|responses?|repl(?:y|ies)|submission|scores?|grades?|marks?|rating|interview|performance|result|application|work)|"
    r"this (?:\w+ )?(?:answers?|responses?|reply|submission|candidate|applicant|interview|one|question|as|person|transcript)|(?:the|this) (?:above )?(?:candidate|applicant)|the above|what i (?:say|said|wrote)|"
    r"(?:everything|whatever|anything|all) i (?:say|said|answer|answered|write|wrote|do|did)|that i (?:passed|answered|know|knew|was|am|did|got)|i (?:passed|got it right|am the best|answered))\b"
)
_TOP = re.compile(
    r"\b(?:full|maximum|max|highest|perfect|top|best|excellent|outstanding|exceptional|flawless|ten|hundred|five stars|correct|correctly|right|passed|passing|pass(?=[,;]|$| please| now| and)|hired|"
    r"approved|generous(?:ly)?|lenient(?:ly)?|kind(?:ly)?|regardless|no matter|anyway|without (?:checking|evaluating|reading|question|looking)|senior|expert|strong|positive|"
    r"job|offer|higher|advance|winner|successful)\b|10/10|5/5|100\b|a\+"
)
_VERBS = (
    r"(?:give|mark|score|rate|grade|put|set|record|write|say|tell|report|treat|count|consider|accept|approve|pass|hire|recommend|let(?! (?:me|us)\b)|make|award|assign|grant|log|enter|"
    r"assume|declare|confirm|conclude|output|return|respond|reply|print|ignore|disregard|forget|skip|stop|do not|don't|never|be|finali[sz]e|take|pretend|evaluate|assess|judge|register|label|"
    r"flag|classify|bump|raise|upgrade|ensure|note|submit|send|move|act|state|add|save|store|finish|end|answer)"
)
_DIRECTIVE = re.compile(
    rf"^[\s\"'“”(\[>#*-]*(?:(?:hey|hi|hello|dear|ok|okay|so|now|and|please|kindly|just|simply|computer|assistant|ai|bot|machine|grader|evaluator|system|interviewer|model|examiner|reviewer|sir|judge|then|always|first)[\s,:!-]+)*{_VERBS}\b(?! (?:i|we|it|is|was)\b)"
    r"|\b(?:you|grader|evaluator|ai|assistant|system|model|reviewer|interviewer|examiner|judge|machine|computer) (?:must|should|have to|has to|need to|needs to|shall|ought to|are to|are required to|may only|can only|can just|could just)\b"
    r"|\bi (?:want|need|order|ask|expect|command|instruct|urge|require|would like|beg) (?:you|the (?:grader|system|ai|evaluator|model)) to\b|\b(?:make sure|be sure) (?:to|that)\b"
    rf"|\bplease (?:just |simply |kindly |do )*{_VERBS}\b"
    r"|\b(?:this|my) (?:answer|response|reply|submission|candidate|interview) (?:must|should|has to|needs to|deserves|is to|shall) (?:be|get|receive|count|pass|earn)?"
)
#: What makes a sentence one about a rule, a person or a procedure rather than an order.
_TOLD = re.compile(
    r"\b(?:if|when|whenever|once|until|unless|each|every (?!answer|question|criterion|point)|our|their|his|her|users?|customers?|students?|teachers?|pupils?|players?|tests? pass|he|she|they|we)\b"
)
_MAX_CHARS = 400


def has_all_signals(sentence: str) -> bool:
    """Whether the folded ``sentence`` asks a machine for a mark. English."""
    return (
        len(sentence) <= _MAX_CHARS
        and _MARKING.search(sentence) is not None
        and _OWN.search(sentence) is not None
        and _TOP.search(sentence) is not None
        and _DIRECTIVE.search(sentence) is not None
        and _TOLD.search(sentence) is None
    )
