"""Rules about single sentences of an interviewer: each returns what is wrong, and the words without it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from msgspec import Struct
from rapidfuzz import fuzz

from interview.policies.rules import Draft, EmptyWords, OneQuestion, Promises, RepeatedQuestions, Scene, Tone
from interview.sessions.session import ConversationTurn
from interview.text.content_stems import content_stems
from interview.text.dont_know import says_dont_know, says_dont_know_by_rules
from interview.text.sentences import sentences_of
from interview.text.stems import stem
from interview.text.visible_text import QUOTED, first_phrase, searchable, without_phrases, words_of

WordingRule = RepeatedQuestions | Tone | Promises | EmptyWords | OneQuestion

#: Shorter sentences ("Why?", "How so?", "Thank you for that.") may be said again.
_MIN_WORDS = 4
_MIN_STATEMENT_WORDS = 5
#: A shorter sentence of a longer prompt ("How do you handle it?") belongs to no question.
_MIN_OF_PLAN = 7
#: A sentence of the plan inside a longer one needs this many words to be recognised.
_MIN_INSIDE_WORDS = 7
#: A statement of at most this many words is courtesy, and an answer of fewer words leaves nothing to take up.
COURTESY_WORDS = 3
TOLD_WORDS = 12

#: Words of a candidate about themselves, which an interviewer may repeat only as theirs.
_FIRST_PERSON = re.compile(r"\b(?:I|we|me|us|my|our|myself|ourselves)\b", re.IGNORECASE)
#: A statement about the one who speaks: an interviewer's own ("I see", "I'd like to hear") tell nothing of the answer.
_SPEAKS_OF_ITSELF = re.compile(
    r"(?:(?:so|and|then|well|okay|yes),? )*(?:I|we)\b(?! (?:hear|see|understand|note|read|gather|take|have noted)\b)",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
#: Similarity, in percent, of words that are part of an answer, and their least number: "I see" is an interviewer's own.
_SAME_WORDS, _MIN_SAME_WORDS = 92, 4
#: The same for a whole sentence without an "I".
_SAME, _MIN_WHOLE = 95, 6

#: A statement that says more words of the answer in one piece does not take it up but reads it out.
_MAX_ECHO = 14

#: The second of two questions in one sentence: it begins anew after a comma or "and", with a clause of its own.
_SECOND_QUESTION = re.compile(
    r"(?:,|;)? (?:and|or|also|and also) (?:also )?"
    r"(?=(?:how|what|why|when|where|which|who) (?:did|do|does|would|was|were|is|are|has|have|can|could|will|should|"
    r"you|they|it|your|steps|tools|part|kind)\b"
    r"|(?:can|could|would|did|do|have|are|is|was|were) (?:you|there|it|that|they)\b)",
    re.IGNORECASE,
)
_WORDS_OF_A_QUESTION = 4


#: The problem of a sentence, or "".
_Finder = Callable[[str], str]


class Fault(Struct, frozen=True):
    """``problem`` in words, empty without one; ``words`` is the utterance without the faulty sentences."""

    problem: str
    words: str


def fault_in(rule: WordingRule, words: str, scene: Scene, draft: Draft) -> Fault:
    """What ``rule`` finds in ``words``, the interviewer's own words of ``draft``."""
    match rule:
        case RepeatedQuestions(similarity=similarity):
            once = _said_once(words)
            found = _without(once, lambda sentence: _repeated(sentence, scene, draft, similarity * 100))
            return Fault(found.problem or ("says a sentence twice" if once != words else ""), found.words)
        case Tone(phrases=phrases, unless=terms):
            return _without(words, lambda sentence: _phrase(sentence, phrases, terms))
        case Promises(phrases=phrases):
            return _without(words, lambda sentence: _phrase(sentence, phrases, ()))
        case EmptyWords(share=share):
            return _without_empty(words, scene, draft, share)
        case OneQuestion():
            # The plan's own questions may have two parts, and so may a wording of them that explains.
            planned = draft.action == "clarify" or any(one in words for one in scene.question.planned_follow_ups)
            return Fault("", words) if planned else _with_one_question(words)


def said_to(scene: Scene) -> str:
    """Everything that the candidate said to the open question."""
    return " ".join(
        said.content
        for said in scene.state.conversation_history
        if said.role == "candidate" and (said.question_id == scene.question.id or said.turn == scene.turn)
    )


def _without(words: str, problem_of: _Finder) -> Fault:
    sentences = sentences_of(words)
    problems = [problem_of(sentence) for sentence in sentences]
    kept = [sentence for sentence, problem in zip(sentences, problems, strict=True) if not problem]
    return Fault(next((problem for problem in problems if problem), ""), " ".join(kept))


def _said_once(words: str) -> str:
    """``words`` without a sentence that stands in them already."""
    sentences = sentences_of(words)
    first: dict[str, str] = {}
    for sentence in sentences:
        first.setdefault(searchable(sentence), sentence)
    return " ".join(first.values()) if len(first) < len(sentences) else words


def _phrase(sentence: str, phrases: tuple[str, ...], unless: tuple[str, ...]) -> str:
    found = first_phrase(without_phrases(searchable(sentence), unless), phrases)
    return f"says “{found}”" if found else ""


def _repeated(sentence: str, scene: Scene, draft: Draft, least: float) -> str:
    text = searchable(sentence)
    count = len(text.split())
    if count < (_MIN_WORDS if sentence.endswith("?") else _MIN_STATEMENT_WORDS):
        return ""
    for question in scene.plan.questions:
        open_now = question.id == scene.question.id
        if open_now and draft.action == "clarify":
            continue  # the open question may be said again where it was not understood
        if _is_said(text, count, _telling_sentences(question.prompt), least):
            return f"says {question.id} again" if open_now else f"asks {question.id} out of its place"
    for earlier in _told(scene, draft):
        if _is_said(text, count, _plain_sentences(earlier), least):
            return "repeats a follow-up" if sentence.endswith("?") else "repeats an earlier sentence"
    return ""


def _is_said(text: str, count: int, sentences: Iterable[str], least: float) -> bool:
    """Whether ``text`` (of ``count`` words) is one of ``sentences``, or holds a long one."""
    return any(
        fuzz.ratio(text, one) >= least
        or (count > len(one.split()) >= _MIN_INSIDE_WORDS and fuzz.partial_ratio(one, text) >= least)
        for one in sentences
    )


def _told(scene: Scene, draft: Draft) -> Iterator[str]:
    """What the interviewer said before, without the open question where it may be said again."""
    prompt = scene.question.prompt
    for said in scene.state.conversation_history:
        if said.role == "interviewer":
            yield said.content.replace(prompt, " ") if draft.action == "clarify" else said.content


@lru_cache(maxsize=2048)
def _plain_sentences(text: str) -> tuple[str, ...]:
    """Cached: prompts and the interviewer's earlier words are compared in every turn."""
    return tuple(plain for one in sentences_of(text) if len((plain := searchable(one)).split()) >= _MIN_WORDS)


@lru_cache(maxsize=512)
def _telling_sentences(prompt: str) -> tuple[str, ...]:
    """The sentences of a prompt that belong to it alone: "What do you do?" ends many."""
    found = _plain_sentences(prompt)
    return found if len(sentences_of(prompt)) == 1 else tuple(one for one in found if len(one.split()) >= _MIN_OF_PLAN)


def _without_empty(words: str, scene: Scene, draft: Draft, share: float) -> Fault:
    """Leaves out what repeats the candidate's words as the interviewer's, and statements that take up nothing of an
    answer in sentences or say what the candidate did not."""
    answer = said_to(scene)
    short = len(answer.split()) < TOLD_WORDS or says_dont_know(_last_answer(scene))
    owes_nothing = short or draft.action == "clarify"
    known = content_stems(answer)
    asked = content_stems(scene.question.prompt)
    told = searchable(answer)

    def empty(sentence: str) -> str:
        if says_dont_know_by_rules(sentence):
            return "says the candidate's words as its own"
        if len(words_of(sentence)) <= COURTESY_WORDS:
            return ""
        if _speaks_as(told, known, sentence):
            return "says the candidate's words as its own"
        if _longest_echo(sentence, told) > _MAX_ECHO:
            return f"repeats more than {_MAX_ECHO} words of the answer in a row"
        if owes_nothing or sentence.endswith("?"):
            return ""
        own = content_stems(sentence) - _COURTESY
        if not own & known:
            return "takes up nothing that the candidate said"
        return "" if len(own & (known | asked)) >= share * len(own) else "says what the candidate did not say"

    return _without(words, empty)


def _speaks_as(told: str, known: frozenset[str], sentence: str) -> bool:
    """Whether the sentence tells, unquoted, the candidate's answer as the interviewer's own.

    It is a sentence of the answer, goes on in its words from an "I" or "my" on, or says "I" or "we" with its words of
    content and does not address the candidate. After "So" a sentence without "I" sums up.
    """
    own = QUOTED.sub(" ", sentence)
    whole = searchable(own)
    if len(whole.split()) >= _MIN_WHOLE and not whole.startswith("so ") and _is_part(whole, told, _SAME):
        return True
    tails = (searchable(own[found.start() :]) for found in _FIRST_PERSON.finditer(own))
    if any(len(tail.split()) >= _MIN_SAME_WORDS and _is_part(tail, told, _SAME_WORDS) for tail in tails):
        return True
    content = content_stems(own) - _COURTESY
    of_itself = _SPEAKS_OF_ITSELF.match(own) is not None and not _ADDRESSES.search(own)
    return of_itself and len(content & known) >= max(2, len(content) / 2)


def _longest_echo(sentence: str, told: str) -> int:
    """The number of words in the longest piece of the sentence, outside quotation marks, that stands in ``told``."""
    words, answer = searchable(QUOTED.sub(" ", sentence)).split(), told.split()
    return SequenceMatcher(None, words, answer, autojunk=False).find_longest_match().size


def _is_part(words: str, told: str, least: float) -> bool:
    """Whether ``words`` stand in ``told``. Longer words are compared whole: "you said it slows writes down" holds "it
    slows writes down" and is no part of it."""
    return (fuzz.partial_ratio if len(words) <= len(told) else fuzz.ratio)(words, told) >= least


def _last_answer(scene: Scene) -> str:
    last: ConversationTurn | None = next(
        (said for said in reversed(scene.state.conversation_history) if said.role == "candidate"), None
    )
    return last.content if last is not None else ""


def _with_one_question(words: str) -> Fault:
    sentences = sentences_of(words)
    kept: list[str] = []
    problem = ""
    for sentence in sentences:
        if not sentence.endswith("?"):
            kept.append(sentence)
            continue
        first, cut = _first_question(sentence)
        problem = problem or ("asks two things in one question" if cut else "")
        kept.append(first)
        if sentence is not sentences[-1]:
            rest = sentences[len(kept) :]
            problem = problem or ("asks more than one question" if any(one.endswith("?") for one in rest) else "")
        break
    return Fault(problem, " ".join(kept) if problem else words)


def _first_question(sentence: str) -> tuple[str, bool]:
    for found in _SECOND_QUESTION.finditer(sentence):
        first, second = sentence[: found.start()], sentence[found.end() :]
        if min(len(words_of(first)), len(words_of(second))) >= _WORDS_OF_A_QUESTION:
            return f"{first.rstrip(' ,;')}?", True
    return sentence, False


#: Words of thanks and of reference to what was said: they take up nothing.
_COURTESY = frozenset(
    map(
        stem,
        """
        thank thanks appreciate sharing share shared explaining explanation explain telling answer answering answered
        response understood understand noted note okay right good great clear said mentioned mention described
        describe experience question see got let move next continue used use like also well
        """.split(),  # noqa: SIM905 - a paragraph of words reads better than a column of strings
    )
)
