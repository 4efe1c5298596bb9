"""Takes up an answer that tells nothing: a gap in what its speaker knows, an evasion, or displeasure.

The reply says in the platform's words what such an answer says, so that the candidate is heard and nothing unkind is
quoted. The patterns and the replies are data of the interview's language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.agent.script import phrases
from interview.languages.language import Script


def reply_to_untold(said: str, script: Script, seed: int, turn: int, told: Sequence[str]) -> str:
    """A reply to what ``said`` says of itself that ``told`` does not hold yet; empty where there is none. Pure."""
    for one in script.untold:
        if not re.search(one.says, said, re.IGNORECASE):
            continue
        new = [reply for reply in one.replies if not any(reply in words for words in told)]
        if new:
            return phrases.pick(new, seed, turn)
    return ""
