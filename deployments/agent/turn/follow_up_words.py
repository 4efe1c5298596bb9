"""The words of a follow-up apart from the thanks and acknowledgements before it: the candidate's card shows them."""

from __future__ import annotations

import re

from deployments.agent.brief.interviewer import Decision
from interview.policies.wording import COURTESY_WORDS
from interview.text.content_stems import content_stems
from interview.text.sentences import growing_sentences

#: Words that stand for something in the sentence before, in the languages of interviews.
_REFERS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|these|those|es|sie|diese\w?|dies|deren|dessen|dafür|dabei|damit"
    r"|cela|ça|ceux|celui|celle|eso|ello|esto|ellos|ellas)\b",
    re.IGNORECASE,
)
#: A question with fewer words of content ("Why is that?") needs the sentence before it.
_CONTENT = 2


def follow_up_words(decision: Decision, planned: str | None) -> str:
    """The follow-up in ``decision.text``; empty where the decision asks none, or where its words are all of it. Pure.

    The words of the script and of the plan (``planned``) are known. A model's follow-up begins with its first question,
    or with the sentence before, if the question refers to that.
    """
    if decision.action.action_type != "ask_followup":
        return ""
    for known in (decision.follow_up, planned):
        if known and known in decision.text:
            return known
    sentences = growing_sentences(decision.text)
    first = next((at for at, sentence in enumerate(sentences) if sentence.endswith("?")), None)
    if first is None:
        return ""
    asked = sentences[first]
    needs_more = _REFERS_BACK.search(asked) is not None or len(content_stems(asked)) < _CONTENT
    if first and needs_more and len(sentences[first - 1].split()) > COURTESY_WORDS:
        first -= 1
    return " ".join(sentences[first:]) if first else ""
