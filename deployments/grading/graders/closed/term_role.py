"""Tells whether a term that occurs in an answer is what the answer names, or plays another role in it.

"Removing the load balancer", "the thing behind the load balancer", "a load balancer is the wrong tool" and "priority
queue" hold a term without naming it. Such an answer may still be right, so this is a reason for a review only.
"""

# ruff: noqa: E501, SIM905 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re

from deployments.grading.graders import answer_text

_ARTICLE = r"(?:the |an? |any |its |their |your |our )*"
#: What relates the term to something else that the answer names.
_RELATED = re.compile(
    rf"(?:\b(?:behind|in front of|next to|before|after|than|beneath|on top of|confused? (?:it |this |that )?with|used to be|replac(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|disabl(?:e|es|ed|ing)"
    rf"|break(?:s|ing)?|broke|prevent(?:s|ed|ing)?|stop(?:s|ped|ping)?|los(?:e|es|ing)|bypass(?:es|ed|ing)?|circumvent(?:s|ed|ing)?|referenced by|pointed to by|cousin of|feed(?:s|ing)?|monitor(?:s|ing)?|attack(?:s|ing)?|(?:tool|test|client|dashboard|user|opposite)s? (?:for|of)|fake|pseudo"
    rf"|(?<!kind )(?<!type )(?<!form )(?<!sort )(?<!case )(?<!use )(?<!example )(?<!instance )(?<!means )(?<!name )(?<!way )(?<!kinds )(?<!types )(?<!forms )(?<!principle )(?<!concept )(?<!idea )(?<!process )(?<!act )(?<!method )(?<!technique )(?<!law )(?<!because )of) |[a-z] (?:over|>) )"
    rf"{_ARTICLE}$",
    re.IGNORECASE,
)
#: What is said against the term, or of another question.
_DISPUTED = re.compile(
    r"^s? (?:is|are|would be|was) (?:(?:what|something) (?:i|we|you)(?:'d| would| will)? (?:never|not)|(?:the |a )?(?:wrong|bad|previous|last|other|old|opposite)\b|too\b|not\b)"
    r"|^,? (?:said no ?(?:one|body)|for the (?:last|previous|other) (?:question|one)|and then|first and then|stops?\b|ends?\b)",
    re.IGNORECASE,
)
#: An answer of at most so many words is a name, of which a further noun or adjective makes another one.
_NAME_WORDS = 5
_FRAMES = frozenset(
    (
        "use uses used using apply applying need needs needed do does call called calls mean means named name term say want add adds adding"
        " via through with by as like than or and but not no yes so its it's is are was be data your first single simple basic plain"
        " probably maybe definitely perhaps certainly obviously surely actually clearly called pure good proper correct right"
    ).split()
)

#: Nouns that only say what kind of thing a term is.
_KINDS = frozenset(
    (
        "pattern attack constraint algorithm technique operation problem rate protocol method principle api column database object data"
        " library tool framework query software analysis condition system error process structure strategy architecture format model effect"
    ).split()
)
_SUBJECTS = frozenset({"it", "you", "we", "they", "i", "that", "this", "one", "you'd", "we'd", "i'd", "they'd"})


def in_another_role(answer: str, start: int, end: int, term_words: int) -> bool:
    """Whether ``answer[start:end]``, a term of so many words, may not be what the answer names."""
    before, after = answer[:start], answer[end:]
    if _RELATED.search(before) or _DISPUTED.match(after):
        return True
    words = answer_text.tokens(answer)
    if len(words) > _NAME_WORDS:
        return False
    following = re.match(r" ([a-z]+)", after, re.IGNORECASE)
    if following is not None and not answer_text.is_stop_word(following[1].casefold()):
        return following[1].casefold().removesuffix("s") not in _KINDS
    if any(word.text in _SUBJECTS or word.text[:1].isdecimal() for word in words):
        return False
    preceding = re.search(r"([a-z]+) $", before, re.IGNORECASE)
    word = preceding[1].casefold() if preceding is not None else ""
    return bool(word) and term_words == 1 and not answer_text.is_stop_word(word) and word not in _FRAMES
