"""Clauses that leave out their subject: "Created a wiki. Trained the support team." tells what the speaker did."""

from __future__ import annotations

import re

from interview.measurement.story_cues import ADVERBS, VERBS

#: Verbs whose past is also their imperative: "Put the customer first" is advice.
_AMBIGUOUS = (
    "put|cut|set|let|read|reread|hit|shut|quit|split|cast|spread|reset|offset|shed|recut|proofread|stick|run|come|"
    "need|feed|speed|embed|proceed|exceed|seed"
)
#: Participles that begin a description: "Based in Berlin, the firm …".
_DESCRIBING = (
    "based|located|founded|situated|called|named|known|given|supposed|required|faced|surrounded|concerned|interested|"
    "excited|tired|related|compared (?:to|with)|followed|used|left|bound|pleased|worried|limited|distributed|needed|"
    "led by"
)
_CLEAR = rf"(?!(?:{_AMBIGUOUS}|{_DESCRIBING})\b){VERBS}"
#: What follows a verb, and not an adjective: "Trained the team", but "Trained staff works faster".
_OBJECT = (
    "the|a|an|my|our|their|his|her|its|this|that|these|those|all|both|every|each|some|several|many|one|two|three|four|five|six|"
    "seven|eight|nine|ten|twelve|twenty|it|them|him|everyone|everybody|up|down|out|off|back|over|through|together|with|to|"
    r"into|onto|on|for|from|in|at|about|against|between|until|daily|weekly|\d+"
)
_ANOTHER = rf"[^.;]*(?:,| and) {ADVERBS}{_CLEAR}\b"
_DID = rf"{ADVERBS}(?:{_CLEAR} (?:{_OBJECT})\b|(?:{_CLEAR}|(?:{_AMBIGUOUS})) {_ANOTHER})"
_HAD_TO = (
    r"(?:had|needed|wanted|decided|volunteered|managed) to\b|"
    r"(?:was|got) (?:then |also )?(?:asked|told|tasked|responsible|in charge|supposed|meant|expected|assigned)\b"
)
_WITHOUT = re.compile(
    r"(?P<before>\W*(?:(?:and|so|but|then|also|next|first|second|third|finally|later|afterwards),? )*)"
    rf"(?={_DID}|{_HAD_TO})",
    re.IGNORECASE,
)


def with_subject(clause: str) -> str:
    """``clause`` as a sentence about its speaker, if it leaves out its subject; else unchanged."""
    found = _WITHOUT.match(clause)
    return f"{found['before']}I {clause[found.end() :]}" if found else clause
