"""Classifies a speaker's stance on a mention: asserted, denied, withdrawn by a correction, or an aside.

"It's not 40", "deadlock rather than a race condition", "A... no, B", "B, because A needs a hash table": a grader that
has found the numbers, options or terms of an answer uses it to find those that the candidate stands by. English only.

The mentions are replaced by placeholders, contractions are written out, and the words around each placeholder are
matched against cues. Mentions that are listed together ("A, B and C") form a chain and share its cues.
"""

# ruff: noqa: E501 - a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

Stance = Literal["asserted", "denied", "withdrawn", "aside"]


class Held(Struct, frozen=True):
    """The stance on one mention.

    ``commitment`` is 2 for a conclusion ("so it must be", "I'll go with", "final answer"), 1 for a plain statement
    ("I think it's", or the mention alone in its clause) and 0 otherwise. ``alternative``: offered together with
    another mention ("A or B", "between A and B"). ``considered``: thought of before, said by others or of another case, or something is
    said against it.
    """

    stance: Stance
    commitment: int = 0
    alternative: bool = False
    considered: bool = False


class _Chain(Struct):
    """Mentions listed together: ``first`` to ``last`` inclusive, with the text before and after them."""

    first: int
    last: int
    left: str
    right: str
    joins: tuple[str, ...]
    stance: Stance = "asserted"
    commitment: int = 0
    alternative: bool = False
    denied: range = range(0)
    considered: bool = False
    dismissed: bool = False


#: The distance over which a reason marker applies.
_REACH_CHARS = 600


def hold(text: str, mentions: Sequence[tuple[int, int]]) -> list[Held]:
    """The stance of ``text`` on each of ``mentions``, given as ascending, disjoint character offsets."""
    skeleton = _skeleton(text, mentions)
    chains = _chains(skeleton, len(mentions))
    for at, chain in enumerate(chains):
        before = chains[at - 1] if at else None
        _deny(chain, before)
        _commit(chain, first=at == 0)
    for chain in chains:
        if len(chains) > 1:
            chain.stance = "denied" if chain.dismissed else chain.stance
        chain.considered = chain.considered or chain.dismissed
    _withdraw(chains)
    _set_aside(chains)
    held: list[Held] = []
    for chain in chains:
        for index in range(chain.first, chain.last + 1):
            stance: Stance = chain.stance
            if stance == "denied" and chain.denied and index not in chain.denied:
                stance = "asserted"
            held.append(Held(stance, chain.commitment, chain.alternative and stance != "denied", chain.considered))
    return held


_CONTRACTIONS = (
    (re.compile(r"\bcan'?t\b"), "can not"),
    (re.compile(r"\b(could|would|should|is|are|was|were|do|does|did|has|have|must|need)n'?t\b"), r"\1 not"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\bwon'?t\b"), "will not"),
    (re.compile(r"\bain'?t\b"), "is not"),
    (re.compile(r"\b(it|that|there|what|here|he|she|one|which|answer|choice|solution)'s\b"), r"\1 is"),
    (re.compile(r"\bits (?=§|the |a |an |not |definitely |probably )"), "it is "),
    (re.compile(r"\bi'?m\b"), "i am"),
    (re.compile(r"\b(i|it|that|you|we|they)'d\b"), r"\1 would"),
    (re.compile(r"\b(i|it|that|you|we|they)'ll\b"), r"\1 will"),
    (re.compile(r"\b(you|we|they)'re\b"), r"\1 are"),
    (re.compile(r"\bnot so much\b"), "not"),
    (re.compile(r"\blet'?s\b"), "let us"),
    (re.compile(r"\bgonna\b"), "going to"),
    (re.compile(r"\bgotta\b"), "got to"),
)
_FILLERS = re.compile(r"\b(?:um+|uh+|uhm|erm?|hm+|mm+|ah|well|okay|ok|you know|yeah|lol|haha)\b ?")
#: Phrases that contain a negation but deny nothing.
_HARMLESS = re.compile(
    r"\b(?:(?:i am |i )?not (?:(?:a )?(?:hundred|100) (?:percent|%) |entirely |totally |completely |too |so |really |quite |very )?(?:sure|certain|confident|positive)(?! (?:about|of|on) (?!this|that|it\b))(?: (?:if|whether|about (?:this|that|it)|but))?"
    r"|(?:there is )?no (?:doubt|question)(?: about it)?|without (?:a |any )?doubt|not only|not just|not to mention|if i am not (?:mistaken|wrong)"
    r"|(?:i )?(?:do|can|could) not (?:really |quite |exactly )?(?:know|remember|recall|tell(?: you)?|say for sure|decide)(?: (?:exactly|for sure|that|this|much))?"
    r"|why not|not going to lie|either way|no idea|not bad|not to be confused with|can not go wrong with|can not be wrong with"
    r"|(?:can not|could not|is not|nothing|none|no one|would not) (?:be |it )?(?:anything |something )?(?:but|except|other than|else than|else but)"
    r"|(?:nothing|none|no one|nobody) but|nothing (?:else than|other than)|none other than|no other than"
    r"|(?:is|would|could|will|should|do) not (?:it|that|this|you think(?: it is)?|we)(?: be)?(?= §| the §| a §| option §)"
    r"|, (?:is not it|is it not|right|correct|no|is not that right)(?= \?|$))"
    r"(?: ,)?"
)


#: "Scratch A - B and C", "not A – B and C": the dash ends what is dropped.
_DROPPED_APART = re.compile(
    r"(^\s*(?:(?:so|ok|okay|well|actually|please|just),? )*(?:drop|remove|leave out|take out|skip|scratch|scrap|strike|cross out|forget(?: about)?|ditch|not|no|without)\s+(?:the |option )?§\d+)\s*(?: -+ |\s[—–]+\s)"
)


def _skeleton(text: str, mentions: Sequence[tuple[int, int]]) -> str:
    """``text`` in lower case with spaced punctuation, contractions written out and mention *i* as ``§i``."""
    parts: list[str] = []
    at = 0
    for index, (start, end) in enumerate(mentions):
        parts += [text[at:start].replace("§", " "), f" §{index} "]
        at = max(at, end)
    parts.append(text[at:].replace("§", " "))
    plain = unicodedata.normalize("NFKC", "".join(parts)).casefold().replace("’", "'").replace("`", "'")
    plain = _DROPPED_APART.sub(r"\1 : ", plain)
    plain = re.sub(r"\.{2,}|…|[—–]| -+ |-+>|→|[()\[\]\"“”]", " , ", plain)
    plain = re.sub(r"\n+", " . ", plain)
    plain = re.sub(r"([,.;:!?/&+])(?=\s|$|§)|(?<=\s)([,;:!?/&+])", r" \1\2 ", plain)
    for pattern, written_out in _CONTRACTIONS:
        plain = pattern.sub(written_out, plain)
    plain = _FILLERS.sub("", " ".join(plain.split()))
    plain = _HARMLESS.sub("", plain)
    plain = re.sub(r"(?:, ){2,}", ", ", " ".join(plain.split()))
    return f"{plain} "


_PLACE = re.compile(r"§(\d+)")
_JOIN = re.compile(
    r"(?: (?:,|/|&|\+|and|n|or|nor|plus|as well as|also|the|a|an|option|options|answer|maybe|perhaps|possibly|either|even|both|then))+ "
)


def _chains(skeleton: str, count: int) -> list[_Chain]:
    found = list(_PLACE.finditer(skeleton))[:count]
    chains: list[_Chain] = []
    for index, place in enumerate(found):
        start = found[index - 1].end() if index else 0
        stop = found[index + 1].start() if index + 1 < len(found) else len(skeleton)
        gap = skeleton[start : place.start()]
        right = skeleton[place.end() : stop] + ("§" if index + 1 < len(found) else "")
        closed = (
            index > 0 and gap == " , " and any({"and", "or", "nor"} & set(join.split()) for join in chains[-1].joins)
        )
        apart = closed or (gap == " , " and (_LIMITED.match(right) or _GLOSSED.match(right)) is not None)
        if index and not apart and (gap == " " or _JOIN.fullmatch(gap)):
            chain = chains[-1]
            chain.last, chain.right, chain.joins = index, right, (*chain.joins, _joiner(gap))
        else:
            chains.append(_Chain(index, index, gap, right, ()))
    return chains


def _joiner(gap: str) -> str:
    """The text between two mentions without articles: "", ",", "and", ", or"."""
    return " ".join(word for word in gap.split() if word not in ("the", "a", "an", "option", "options", "answer"))


_BREAK = re.compile(
    r"[.;:!?,]|\b(?:but|so|because|since|therefore|hence|thus|then|leaving|leaves|it is|that is|this is|there is|i (?:would|will) (?:say|go|pick|choose)|it (?:must|has to|should))\b"
)
_DENY_BEFORE = re.compile(
    r"\b(?:not|never|neither|nor|no (?:to|for|on)|hardly|barely|scarcely|(?:nobody|no ?one) (?:would|should|could|can|will|ever|uses?|wants?|says?|picks?|does)|rather than|rather (?:[a-z§]+ ){1,4}than|instead of|as opposed to|opposed to|unlike|other than|except|excluding"
    r"|confus(?:e|es|ed|ing)(?: (?:it|this|that))? with|mistak(?:e|es|en|ing)(?: (?:it|this|that))? for|besides|apart from|aside from|far from|without|none of|not any of|no one of|anything but|everything (?:but|bar)|all (?:but|bar)"
    r"|(?:rul(?:e|es|ed|ing) out|eliminat(?:e|es|ed|ing)|exclud(?:e|es|ed)|discard(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|reject(?:s|ed|ing)?|cross(?:es|ed|ing)? out|throw(?:s|ing)? out)"
    r"(?!(?: [^ §]+)+ and(?: the| a| an)? $)|(?:doubt|unlikely|opposite of|lacks?|minus|(?:not|un) ?(?:sure|certain|convinced) (?:about|of|by|on)))"
    r"(?: [^ §]+){0,4} $"
)
#: "I don't think it's", "it's not the case that it is": a new subject does not end these denials.
_DENY_OVER = re.compile(
    r"\b(?:not (?:think|believe|say|guess|suppose|feel like|see how|agree)|doubt|unlikely|disagree)(?: that)?(?: [^ §,.;!?]+){0,4} $"
)
#: "A loses to B": B is the answer.
_LOSES = re.compile(r"^ (?:always |usually |clearly )?los(?:es?|t) (?:out )?(?:to|against)\b")
_ANYTHING_BUT = re.compile(
    r"\b(?:anything|everything|every(?: single)? one|all|any|anyone)(?: of (?:them|these|those|the above))?(?: ,)? (?:but|bar) (?:for )?(?:the |a |an |option |options )*$"
)
#: "All of them but A": a list cut short by "but" alone.
_BUT = re.compile(r" but (?:for )?(?:the |a |an |option |options )*")
_OVER = re.compile(
    r"^ (?:(?:one|option|answer|choice|any day|always|every time) )*(?:over|beats|than) (?:the |a |an |option )*$"
)
_THAN = re.compile(
    r"\b(?:better|faster|safer|cheaper|stronger|simpler|easier|bigger|smaller|slower|worse|more|less)(?: \w+)? than (?:the |a |an |option )*$"
)
#: "Linear search beats A": the answer is the one that is not named.
_BEATEN = re.compile(
    r"(?:^|[.;,] )(?:an? |the )?(?!(?:it|this|that|i|we|they|you|he|she|what|nothing|none)\b)[a-z]+(?: [a-z]+){0,3} (?:beats|outperforms|outclasses|(?:is|are|works|performs|runs) (?:much |far |way |even )?(?:better|faster|safer|cheaper|simpler|easier) than) (?:the |a |an |option )*$"
)
#: "I'd avoid A", "take out A", "no need for A".
_DROPPED_BEFORE = re.compile(
    r"\b(?:avoid(?:s|ed|ing)?|(?:stay|staying|keep|keeping) away from|steer(?:ing)? clear of|get(?:ting)? rid of|no need (?:for|of|to (?:use|have|add)))(?: (?:the|a|an|any|option|answer))* $"
    r"|(?:^|[.;,!?] |\b(?:actually|please|then|and|but|also|now|so|would|i|let us) )(?:just )?(?:drop|remove|take out|leave out|skip|scratch|scrap|strike|cross out|forget(?: about)?|ditch)(?: (?:the|a|an|option|answer|letter|number))* $"
)
#: What is said against an option: "B is a trap", "A is overkill". Of the only mention, it may be the reason asked for.
_DISMISSED_AFTER = re.compile(
    r"^ (?:(?:one|option|answer|choice|as well|also|both|all|is|are|was|would|could|can|might|will|do|does|be|looks?|seems?|sounds?|clearly|obviously|definitely|just|simply|really|totally|completely|probably|only|a|an|the|here) ){1,7}"
    r"(?:trap|distractor|red herring|decoy|bad idea|overrated|(?:common |classic |typical |popular )?(?:mistake|misconception|error|myth|confusion)|(?:bad|poor|wrong) (?:choice|fit)|non-starter|overkill|(?:far |way |much )?too [a-z]+|different (?:thing|story|matter|concept)|something else"
    r"|not (?:fit|work|apply|help|make (?:any )?sense|belong|match|count|qualify|suit|scale|do it|an option|relevant|needed|required|necessary|part of))\b"
)
#: "I change my answer from B to C".
_CHANGED_FROM = re.compile(
    r"\b(?:chang(?:e|ing|ed)|switch(?:ing|ed)?|go|going|mov(?:e|ing))(?: (?:it|that|my (?:answer|choice|mind|vote)))? from (?:the |option |answer )*$"
)
_CHANGED_TO = re.compile(r"^ (?:over )?to (?:the |option |answer )*§$")
#: "C for sure, B maybe".
_SECOND_AFTER = re.compile(
    r"^ (?:maybe|perhaps|possibly|at a pinch|(?:as|is) (?:a |my |the )?(?:close |distant )?(?:second|second best|backup|fallback|runner-?up))(?= [,.;]| $|$)"
)
#: "I prefer composition to A", "favour composition over A".
_PREFERRED = re.compile(
    r"\b(?:prefer|favou?r|choose|pick|rate|rank)(?:s|r?ed|r?ing)? (?:[^ §,.;:!?]+ ){1,4}(?:to|over|above|before) (?:the |a |an |option )*$"
)
_NO_BEFORE = re.compile(r"(?:^| )no (?:(?:the|a|an|such thing as) )?$")
#: "The automatic one, no operator needed".
_NEEDLESS = re.compile(
    r"^ (?:[a-z]+ )?(?:needed|required|involved|necessary|there|whatsoever|at all|any ?more|in sight|present)\b"
)
_DENY_AFTER = re.compile(
    r"^ (?:(?:one|option|answer|choice|join|as well|too|also|both|all|either|is|are|was|were|would|could|can|must|might|should|has|have|do|does|did|will"
    r"|be|to|looks?|seems?|sounds?|clearly|obviously|definitely|surely|just|simply|really|totally|completely|most) ){0,6}"
    r"(?:wrong|incorrect|false|out(?! of)|(?<=[a-z] )not(?! §| the §| a §| an §| option §| it)|not(?= [,.]| $| (?:right|correct|possible|true|the one)\b)|impossible|unlikely|nonsense|(?:makes?|making) (?:no|zero|little) sense|never|ruled out|eliminated|excluded"
    r"|discarded|crossed out|irrelevant|off the table|no good|no way|bad|untrue|nope|no(?= [,.!]| $))\b"
    r"|^ (?:is|was) not it(?= [.,;]| $)|^ no (?:more|longer)\b|^ (?:is|are) (?:what|something) (?:i|we|you) (?:would |will )?(?:avoid|never|not|skip|drop)\b"
    r"|^ , (?:that|which|that one|this) (?:one )?is (?:wrong|incorrect|not|false|out)\b"
    r"|^ \? (?:, )?(?:no(?= $| [.!])|nope|nah|never|no (?:way|chance)|(?:certainly |definitely |absolutely |probably |surely |of course )?not(?: really| at all)?(?= $| [.!])|hardly|i doubt)(?= |$)"
    r"|^(?: (?!and\b|or\b|but\b)[a-z]+){0,2} (?:it|that|this|they) (?:is|was|are|were|would be) not(?= $| [.!])"
)
_SAME = re.compile(
    r"(?:^|[,.;] | and )(?:so|neither|nor|as|same|likewise|the same)(?: (?:is|are|does|do|for|with|goes for|applies to|can be|was|would be))+ (?:the |a |an |option )*$"
)


def _clause(text: str) -> str:
    """The part of ``text`` after its last clause boundary."""
    boundaries = list(_BREAK.finditer(text))
    return text[boundaries[-1].end() :] if boundaries else text


def _left_out(chain: _Chain, before: _Chain) -> bool:
    """Whether "no" leaves one out behind a list ("A, B, no C"); behind one mention it corrects ("A, no B")."""
    return before.last > before.first and chain.first == chain.last and ", no " in chain.left


def _deny(chain: _Chain, before: _Chain | None) -> None:
    left, clause = chain.left, _clause(chain.left)
    if before is not None and _SAME.search(left):
        chain.stance = before.stance
    elif before is not None and before.stance == "asserted" and _BUT.fullmatch(left) and not before.left.strip():
        chain.stance = "denied"
    elif before is not None and (_OVER.search(left) or _THAN.search(left)):
        chain.stance = "denied" if _OVER.search(left) else "aside"
    elif (
        (before is None and _BEATEN.search(left))
        or _DENY_BEFORE.search(clause)
        or _DENY_OVER.search(left)
        or _ANYTHING_BUT.search(left)
        or _DROPPED_BEFORE.search(left)
        or _PREFERRED.search(left)
        or (_NO_BEFORE.search(clause) and (before is None or _left_out(chain, before) or _NEEDLESS.match(chain.right)))
    ):
        chain.stance = "denied"
        chain.denied = _listed(chain, clause)
    elif _LOSES.search(chain.right):
        chain.stance = "denied"
    elif _DENY_AFTER.search(chain.right):
        chain.stance = "denied"
        singular = re.match(r" (?:is|was|makes|looks|seems|sounds|has|does)\b", chain.right)
        if singular and not {"and", "or"} & set(" ".join(chain.joins).split()):
            chain.denied = range(chain.last, chain.last + 1)
    elif _CHANGED_FROM.search(left) and _CHANGED_TO.match(chain.right):
        chain.stance = "withdrawn"
    chain.dismissed = chain.stance == "asserted" and _DISMISSED_AFTER.match(chain.right) is not None


def _listed(chain: _Chain, clause: str) -> range:
    """The mentions of a chain that a denial before it reaches; empty for all.

    "Not A, B" denies A and asserts B; "not A, B or C" and "rules out A, B" deny all; "not A and B, C" does not deny C.
    """
    joins = chain.joins
    words = [set(join.split()) & {"or", "nor", "and"} for join in joins]
    closed = next((at for at in range(1, len(joins)) if joins[at] in (",", "") and any(words[:at])), None)
    if closed is not None:
        return range(chain.first, chain.first + closed + 1)
    contrast = re.search(r"\b(?:not|no|rather than|instead of|unlike)\b", clause) is not None
    alone = joins[:1] == ("",) or (joins[:1] == (",",) and not any(words))
    if contrast and alone and not any("or" in one or "nor" in one for one in words):
        return range(chain.first, chain.first + 1)
    return range(0)


_CONCLUSION = re.compile(
    r"(?:\b(?:final answer|answer|choice|pick|guess|vote|bet)(?: (?:is|would be|will be|has to be|must be|:|,))*"
    r"|\b(?:i|we) (?:(?:would|will|am|have|must|shall|do|just|definitely|still|guess|think|rather|to|going|got|can only|only) )*(?:go(?:ing)?(?: with| for)?|choose|pick|select|take|opt for|settle (?:on|for)|stick with|sticking with|vote for|bet on|lean(?:ing)? (?:towards?|to))"
    r"|\b(?:going|sticking|settling|go) (?:with|for|on)|\bam going to say|\bwill say"
    r"|\b(?:so|therefore|hence|thus|leaves?(?: us| me)?(?: with)?|leaving(?: us| me)?(?: with)?|left with|remains|only|which leaves)(?: (?:it|that|the answer|i|we|,))?(?: (?:is|must be|has to be|should be|would be|would say|think|guess|would go with|say|leaves|leaving|gives|means|only))*"
    r"|\b(?:must|has to|have to|got to|can only|ought to) be"
    r"|\b(?:definitely|certainly|clearly|(?:more|most) likely|preferably|mostly))"
    r"(?: (?:the|a|an|option|answer|letter|number|choice|probably|definitely|just|about|around|:|,))* $"
)
_STATEMENT = re.compile(
    r"\b(?:it|that|this|they|these|answer|which|think|guess|believe|say|said|suppose|probably|maybe|perhaps|called|is|are|would be|should be|might be|mean|equals|gives)"
    r"(?: (?:it|that|is|are|was|would|will|should|be|the|a|an|called|option|answer|letter|number|probably|about|around|:|,))* $"
)
_OR_BEFORE = re.compile(
    r"\b(?<!then )(?:or|vs|versus) (?:(?:maybe|perhaps|possibly|even|a|an|the|it is|just) )*$|\b(?:sometimes|occasionally) (?:(?:a|an|the|also) )*$"
)
_OR_AFTER = re.compile(
    r"^ (?:, )?(?:but )?(?:only )?(?:sometimes|occasionally|in (?:some|certain|rare) cases)\b|^ (?:, )?(?:or|vs|versus|(?<=, )(?:maybe|perhaps|possibly)(?! (?:because|since|if|when|as|i|it is|not)\b)) (?!so\b|something|anything|whatever|not sure|thereabouts|rather|is it|am i|actually|no\b|wait|at least|in other words|else)"
)
_CONSIDERED_BEFORE = re.compile(
    r"\b(?:between|used to (?:think|believe|say|be)|(?:you|one|people) (?:would|might|may|could) think|trick (?:answer|option|question)|was going to say|about to say|would have said|first (?:thought|guess|instinct)|thought|at first|initially|(?:my|the) (?:first |initial |old |previous )?(?:guess|answer|choice|pick) was|consider(?:ed|ing)|thinking|tempted|tempting|almost said"
    r"|could (?:also |maybe )?be|might (?:also )?be|hesitat\w+|wavering|debating|originally|earlier|up to now)\b(?: [^ §.;!?]+){0,5} $"
)
#: "If we needed joins I would say A": said of another case; "if I had to choose" is said of this one.
_SUPPOSED_BEFORE = re.compile(
    r"\bif (?!i (?:had|have|really had|really have) to\b|i must\b|you (?:ask|asked|want|insist)|i am (?:forced|pressed)|forced|pressed|pushed|i (?:understand|remember|recall))"
    r"[^§.;!?]{1,80}? (?:i|it|we|you|that) would (?:(?:be|have|say|pick|choose|take|use|go|with|for|rather|probably|also|then|the|a|an|option|answer) )*$"
)
#: What others say is not the candidate's own answer.
_OTHERS_SAY = re.compile(
    r"\b(?:everyone|everybody|(?:most|many|some|other|all) (?:people|of us|folks|candidates)|people|many|most|others|they|someone|somebody|the internet|google|chatgpt|wikipedia"
    r"|(?:my|a|the|our|one) (?:[a-z]+ )?(?:friend|brother|sister|uncle|aunt|cousin|son|daughter|granny|grandfather|grandmother|teacher|professor|boss|colleague|coworker|mother|father|mum|mom|dad|wife|husband|neighbour|neighbor|manager|textbook|book|gut))"
    r" (?:(?:always|often|usually|would|will|might|all|first|probably|still|once|just) )*(?:thinks?|says?|said|believes?|claims?|answers?|picks?|chooses?|choose|go(?:es)? (?:for|with)|assumes?|guess(?:es)?|calls? it|tells me|told me)"
    r"(?: (?:it|that|is|was|the|a|an|option|answer|be|would))* $"
)
#: "First rewrite the query, then maybe add a cache": the later step is not the choice.
_FIRST_BEFORE = re.compile(r"\bfirst\b[^.;]*$")
_LATER_BEFORE = re.compile(
    r"\b(?:then|later|afterwards|after that|only then|if that (?:fails|is not enough|does not help)|next)(?: (?:maybe|perhaps|possibly|also|i|we|would|could|might|add|do|use|try|go|with|for|to|the|a|an))* $"
)
_CONSIDERED_AFTER = re.compile(
    r"^ (?:comes? to mind|springs? to mind|used to|would only|(?:only )?(?:at|on) first (?:sight|glance|thought)|in theory|fails?\b|breaks?\b|falls? short|(?:, )?said no)|"
    r"^ \? (?!(?:yes|yeah|i (?:think|guess|believe|suppose) so)\b)[^§?]*\b(?:say|think|go|rather|actually|guess|believe|pick|choose|take|no)\b|^ (?:is|was|would be) (?:what|the one) (?:that )?(?:my|most|many|every|other|people|they|i would have|i was|some)|"
    r"^ (?:(?:is|looks|sounds|seems|would be|could be|might be|was|one|also|a|an|quite|pretty|very|the|my) ){1,5}(?:tempting|close|plausible|possible|also|classic|first (?:thought|guess|instinct)|popular|common|obvious|decent|nice|second|runner|an? option|work|fine)\b|^ (?:also|could|might|may)\b"
)


def _commit(chain: _Chain, *, first: bool) -> None:
    left = chain.left
    if _CONCLUSION.search(left):
        chain.commitment = 2
    elif _STATEMENT.search(left) or re.search(
        r"(?:^|[.;!?:] |, )(?:the |a |an |option |answer |number |letter )*$", left
    ):
        chain.commitment = 1
        answers_oneself = re.search(r"\? (?:the |option )*$", left) and re.fullmatch(r"[ .!]*", chain.right)
        if not first and (answers_oneself or re.search(r"\bbut\b", left)):
            chain.commitment = 2
    joins = " ".join(chain.joins)
    offered = re.search(r"\b(?:or|maybe|perhaps|possibly|either)\b", joins) is not None
    between = chain.last > chain.first and re.search(r"\b(?:between|either)\b", left) is not None
    beside = bool(_OR_BEFORE.search(left) or _OR_AFTER.search(chain.right))
    chain.alternative = (offered or between or beside) and chain.stance == "asserted"
    turned = re.split(r"\b(?:but|however|though|yet|now)\b", left)[-1]
    chain.considered = bool(
        _CONSIDERED_BEFORE.search(turned)
        or _OTHERS_SAY.search(turned)
        or _SUPPOSED_BEFORE.search(turned)
        or _CONSIDERED_AFTER.search(chain.right)
        or _SECOND_AFTER.search(chain.right)
    )


_CORRECTION = re.compile(
    r"(?:^ |[,.;!?:] |\b(?:or|but|and|oh|then) )(?:(?:oh|or|but|and|hmm|then|uh) )*"
    r"(?:no(?= (?:,|[.!]|§|not|wait|sorry|actually|it|that|the|i|no|option|a|make|rather|let|hang|hold)\b|[ ,.!:]*§| [,.!:]| $)|nope|wait(?! for| until| till| all| on| time| state| free)|sorry|actually|scratch that|strike that|i mean|i meant|i mis-?(?:spoke|typed|read)|(?:that|it|this) should have been|rather(?! than)|make that"
    r"|correction|let me (?:correct|change|rephrase|fix)|hang on|hold on|on second thoughts?|change (?:that|my mind|my answer|it) to|i (?:have )?change[d]? my mind|i take (?:that|it) back|never mind|oops|my bad|my mistake|instead(?! of)|or rather|in fact)(?=[ ,.!]|$)"
)


#: A correction after the last mention, with something else put in its place.
_REPLACED = re.compile(
    r"^ (?:[,.;?!] )*(?:(?:oh|or|but|and) )*(?:no(?= (?:,|:|wait|sorry|actually|it is|that is))|nope|no wait|wait no|sorry|scratch that|strike that|make (?:that|it)|correction|oops|my bad"
    r"|hold on|hang on|on second thoughts?|i take (?:that|it) back|or rather|or actually|actually no)(?: (?:,|:|no|wait|sorry|i mean|actually|it is|that is|the|a|an))* (?!i (?:think|guess|believe)|for |about |that was|not sure)[a-z0-9]"
)


#: What takes the last mention back and puts nothing in its place.
_TAKEN_BACK = re.compile(
    r"^ (?:[,.;?!] )*(?:(?:hm+|oh|no|wait|sorry|actually|but|and) (?:, )?)*(?:scratch that|strike that|never ?mind|forget (?:that|it|what i said)|ignore that|i take (?:that|it) back)[ .!]*$"
)


def _withdraw(chains: Sequence[_Chain]) -> None:
    """After a correction, only the mentions behind it stand; a correction that only denies withdraws nothing else."""
    if chains and _TAKEN_BACK.match(chains[-1].right):
        for chain in chains:
            if chain.stance != "denied":
                chain.stance = "withdrawn"
        return
    if chains and chains[-1].stance != "denied" and _REPLACED.match(chains[-1].right):
        for chain in chains:
            if chain.stance != "denied":
                chain.stance = "withdrawn"
        return
    for at in range(len(chains) - 1, 0, -1):
        if _CORRECTION.search(chains[at].left) and chains[at].stance != "denied":
            for earlier in chains[:at]:
                if earlier.stance != "denied":
                    earlier.stance = "withdrawn"
            return


_REASON = re.compile(
    r"\b(?:because|since|as (?=it|they|the|we|you|$)|given that|due to|cause|cuz|seeing that|considering that|whereas|while|although|though|even though|unless|if|when|for example|e\.g|unlike|counting)\b"
)
_CONCLUDES = re.compile(
    r"\b(?:so|therefore|hence|thus|leaves|leaving|i (?:would|will) (?:go|say|pick|choose)|answer is)\b"
)
_DESCRIBED = re.compile(
    r" (?:is|are|was|means|has|have|does|needs|requires|would|refers|describes|only)\b(?! (?:right|correct|true|good|fine|the (?:right|correct|answer|one)|also|too|one|ok|what))"
)
_LIMITED = re.compile(r" (?:only|needs|requires|does|means|lets|would|has)\b(?! (?:be (?:right|correct)|too|also))")
#: "It's 443, 80 is plain http".
_GLOSSED = re.compile(
    r" (?:is|was|stands) (?!(?:right|correct|true|good|fine|ok|okay|not|also|too(?! [a-z])|my|it|one|another|valid|in|included|yes|possible|better|best|wrong|out|false|second|next|then)\b"
    r"|the (?:right|correct|other|others|answer|one|same|second|third|fourth|last|best)\b|[.,§])[a-z]"
)
_ASKS = re.compile(
    r"\b(?:(?:can|could|would|will) you (?:please )?(?:repeat|explain|say|read|tell)|why (?:is|are|would|do|does|did|was|even|the|option|have)|how come|what (?:is|are|does|do|was|would|were)|where (?:is|does)|when (?:is|does|do|would)|who)\b[^.!?]*$"
)


def _is_described(chain: _Chain) -> bool:
    """Whether a clause of its own describes the mention: "B. A is a hash join", "B, A only lets one in"."""
    article = r"(?:the |a |an |option |answer )*$"
    if _DESCRIBED.match(chain.right) and re.search(rf"[.;!] {article}", chain.left):
        return True
    aside = _LIMITED.match(chain.right) or _GLOSSED.match(chain.right)
    return bool(aside and re.search(rf", {article}", chain.left))


#: "A is a queue, B is a stack, so C and D"; "so is D" concludes nothing.
_SO_THESE = re.compile(r", (?:so|therefore|hence|thus)(?: (?:,|it is|that leaves|the|a|an|only|i would say))* $")


def _set_aside(chains: Sequence[_Chain]) -> None:
    """Mentions in a reason, in a question back or only considered do not count if another one is asserted."""
    stood = False
    since = ""
    last = max((at for at, one in enumerate(chains) if one.stance == "asserted" and not one.considered), default=-1)
    undecided = [one for one in chains if one.stance == "asserted" and one.considered]
    if last < 0 and len(undecided) > 1:  # "could be A, could be B"
        for chain in undecided:
            chain.alternative = True
        return
    for at, chain in enumerate(chains):
        since = (since + chain.left)[-_REACH_CHARS:] if stood else chain.left
        reasons = list(_REASON.finditer(since))
        concluded = reasons and _CONCLUDES.search(since[reasons[-1].end() :])
        own_reason = re.match(r" (?:because|since|as|for) ", chain.right) is not None
        described = stood and _is_described(chain)
        if chain.stance == "asserted" and (
            (stood and reasons and not concluded and not own_reason)
            or described
            or _ASKS.search(chain.left)
            or (stood and at and _FIRST_BEFORE.search(chains[at - 1].left) and _LATER_BEFORE.search(chain.left))
            or (chain.considered and (last > at or stood))
        ):
            chain.stance = "aside"
        if chain.stance == "asserted":
            stood, since = True, ""
        since += "§"
    for at, chain in enumerate(chains):
        follows = any(one.stance == "asserted" and _SO_THESE.search(one.left) for one in chains[at + 1 :])
        if chain.stance == "asserted" and follows and _GLOSSED.match(chain.right) and chain.commitment != 2:
            chain.stance = "aside"
