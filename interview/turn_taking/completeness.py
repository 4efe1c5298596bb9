"""Whether the words before a pause are an unfinished sentence: "we cached it, because".

The sound alone misleads: a speaker may stop in the tone of a finished sentence. The rules are for English; of other
languages nothing is known. The words after which a sentence goes on are those that occur within sentences at least
fifteen times as often as at their end, in the spoken answers and stories of this repository.
"""

from __future__ import annotations

import re

from interview.text.sentences import sentences_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SUBJECTS = _set("i you he she it we they")
#: Pronouns that are subjects only; a second one in a sentence begins its main clause.
_NOMINATIVES = _set("i he she we they i'd i'll i've we'd we'll we've he'd she'd they'd they'll")
_RELATIVES = _set("that which who whom what where")
_QUESTIONS = _set("which who whom what where how why whose who's what's")
#: "how it is", "more than we had": after a subject they end a sentence.
_AUXILIARIES = _set("am is are was were has have had do does did")
_BE = _set("am is are was were be been being it's that's what's")
_PERFECT = _set("has have had been hasn't haven't i've we've they've it's nobody's he's she's")
#: "the column that we filter by": in a relative clause they end it.
_PREPOSITIONS = _set("of for from with to at by on about through into in")
#: Verbs that have an object: "we found".
_TRANSITIVE = _set(
    "asked wrote got took put made gave found sent told showed kept brought drew get make take give send"
)
#: Words after which a sentence goes on.
_LEADS_ON = frozenset().union(
    _AUXILIARIES,
    _PREPOSITIONS,
    _TRANSITIVE,
    _set("without onto between among during against across toward towards per via like upon within despite except"),
    _set("a an the my your his its our their every each another new old same"),
    _set("and or but nor so because if when while whereas whenever although though unless until since than as"),
    _set("after before then"),
    _set("that which who whose whom whether where how why what"),
    _set("be been being will would can could may might must shall should not"),
    _set("i we they he she i'm i'd i'll i've we're we'd we'll we've they're they'd they'll it's there's"),
    _set("also maybe perhaps very quite just"),
)
#: "do that", "I think so", "looks like": after these words, the last one ends a sentence.
_CLOSES_AFTER = {
    "that": _set(
        "do did does done doing like than of about for with after before at on in to from by say said see know think "
        "fix use used avoid handle change changed improve improved have had got accept accepted"
    ),
    "so": _set("think thought hope say said believe do did or"),
    "like": _set("look looks looked sound sounds feel feels is was"),
    "while": _set("a"),
    "why": _set("know out and them him her me is that's"),
    "may": _set("in of since until last next"),
    "maybe": _set("say said then"),
    "in": _set("log logs logged logging sign signed signing come comes came let it us them me him her"),
    "on": _set("go goes going went gone move moved carry carried log logged sign signed passed later earlier"),
    "after": _set("look looked looks day week month year again fine soon shortly long ever"),
    "before": _set("as ever never did had been day night week month year long done seen five"),
    "then": _set("since by until till back even just right now"),
    "not": _set("or if hope think why certainly probably of"),
    "same": _set("the"),
}
_BEGINS_A_CLAUSE = _set("if when while whereas whenever although though unless until since because before after once")
#: These begin a phrase as well: "after a month".
_BEGINS_A_PHRASE = _set("until since before after once")
#: A shorter sentence that begins so, without a comma, has no main clause yet.
_CLAUSE_WORDS = 8
_OPEN_ENDS = (",", ";", ":", "-", "–", "—", "...", "…")
_ELLIPSES = ("...", "…")
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)*", re.IGNORECASE)


def is_unfinished(words: str, language: str) -> bool | None:
    """Whether the last sentence of ``words`` lacks its end; None without words or without rules. Pure."""
    if language.partition("-")[0].lower() != "en":
        return None
    sentences = [sentence.strip() for sentence in sentences_of(words) if _WORD.search(sentence)]
    if not sentences:
        return None
    last = sentences[-1]
    spoken = [word.lower().replace("’", "'") for word in _WORD.findall(last)]
    return last.endswith(_OPEN_ENDS) or _leads_on(spoken) or ("," not in last and _lacks_a_main_clause(spoken))


def breaks_off(words: str) -> bool:
    """Whether ``words`` end with an ellipsis, as speech recognition writes speech that breaks off. Pure."""
    return words.rstrip().endswith(_ELLIPSES)


def _lacks_a_main_clause(spoken: list[str]) -> bool:
    """ "If the server does not answer", but not "If it fails we try again" or "After a month I gave the demos"."""
    first = spoken[0]
    if first not in _BEGINS_A_CLAUSE or len(spoken) > _CLAUSE_WORDS:
        return False
    if first in _BEGINS_A_PHRASE and spoken[1:2] and spoken[1] not in _SUBJECTS:
        return not _NOMINATIVES.intersection(spoken[2:]) and spoken[1] not in _RELATIVES
    return not _NOMINATIVES.intersection(spoken[3:])


def _leads_on(spoken: list[str]) -> bool:
    last, before = spoken[-1], spoken[-2] if len(spoken) > 1 else ""
    if last not in _LEADS_ON or before in _CLOSES_AFTER.get(last, frozenset()):
        return False
    asks = _QUESTIONS.intersection(spoken[:-2])
    if last in _AUXILIARIES:
        return before not in _SUBJECTS and not (last in {"do", "did"} and (asks or "than" in spoken))
    if last in _PREPOSITIONS and ((asks and before in _BE) or _ends_a_relative_clause(spoken)):
        return False
    if last in _TRANSITIVE:
        return before not in _BE and not (asks or "that" in spoken)
    return not (last in {"since", "before"} and _PERFECT.intersection(spoken))


def _ends_a_relative_clause(spoken: list[str]) -> bool:
    """ "that we filter by"."""
    return len(spoken) >= 4 and spoken[-4] in _RELATIVES and spoken[-3] in _SUBJECTS
