"""Judges a draft against a policy set. Pure, so that a replay reaches the same verdict from the same record."""

from __future__ import annotations

from datetime import timedelta

from interview.policies import secrets
from interview.policies.off_limits import topic_in
from interview.policies.rules import (
    AnswerRate,
    AnyRule,
    ConversationLength,
    Draft,
    EmptyWords,
    GradingVariance,
    HintBudget,
    Injection,
    Judgement,
    Language,
    NoLeak,
    OffLimits,
    OneQuestion,
    PastedText,
    PolicyAction,
    PolicySet,
    Promises,
    RepeatedQuestions,
    Scene,
    TimeLimit,
    Tone,
    UtteranceLength,
)
from interview.policies.wording import fault_in
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import ConversationTurn
from interview.text.machine_orders import orders_in
from interview.text.sentences import sentences_of
from interview.text.visible_text import first_phrase, other_language, searchable, words_of

_WEIGHT: dict[PolicyAction, int] = {"warn": 0, "rewrite": 1, "scripted": 2, "pause": 3, "conclude": 4}


def examine(policies: PolicySet, scene: Scene) -> Judgement:
    """Judge the interview's course and the answer before the reply is decided. Applies to every interviewer."""
    return _verdict("", [(rule, _course(rule, scene)) for rule in policies.rules])


def review(policies: PolicySet, scene: Scene, draft: Draft) -> Judgement:
    """Judge a model's draft. Scripted lines come from the plan and need no search."""
    words = draft.words
    found = [(rule, _utterance(rule, scene, draft)) for rule in policies.rules]
    for rule, problem in found:
        if problem and rule.action == "rewrite":
            words = _mended(rule, words, scene, draft)
    verdict = _verdict(words, found)
    rewritten = verdict.outcome == "speak" and words != draft.words
    asks_nothing = draft.action == "ask_followup" and "?" in draft.words and "?" not in words
    if rewritten and (asks_nothing or not (words or draft.verbatim)):
        return Judgement("scripted", words, verdict.trips)
    return verdict


def _verdict(words: str, found: list[tuple[AnyRule, str]]) -> Judgement:
    trips = tuple(PolicyFinding(rule.name, rule.action, problem) for rule, problem in found if problem)
    heaviest: PolicyAction = max(
        (rule.action for rule, problem in found if problem), key=_WEIGHT.__getitem__, default="warn"
    )
    match heaviest:
        case "pause" | "conclude" | "scripted":
            return Judgement(heaviest, words, trips)
        case "warn" | "rewrite":
            return Judgement("speak", words, trips)


def _course(rule: AnyRule, scene: Scene) -> str:
    match rule:
        case ConversationLength(max_turns=limit):
            # A warning or a pause is recorded once; an end is final anyway.
            reached = scene.turn >= limit if rule.action == "conclude" else scene.turn == limit
            return f"{scene.turn} answers, the limit is {limit}" if reached and not scene.ends else ""
        case TimeLimit(grace_s=grace_s):
            over_s = scene.overtime_s
            if over_s <= grace_s or scene.ends:
                return ""
            if rule.action != "conclude" and _overtime_at_last_reply_s(scene) > grace_s:
                return ""
            return f"more than {grace_s:g} s over the {scene.budget_s:g} s of the interview"
        case GradingVariance(max_spread=limit):
            return _disagreement(scene, limit) if scene.ends else ""
        case AnswerRate():
            return _too_fast(rule, scene)
        case PastedText():
            return _pasted(rule, scene)
        case Injection(phrases=phrases):
            return _injected(phrases, scene)
        case (
            HintBudget()
            | RepeatedQuestions()
            | OffLimits()
            | NoLeak()
            | Language()
            | UtteranceLength()
            | Tone()
            | Promises()
            | EmptyWords()
            | OneQuestion()
        ):
            return ""  # judged on the utterance


def _utterance(rule: AnyRule, scene: Scene, draft: Draft) -> str:
    words = draft.words
    if not words:
        return ""
    match rule:
        case HintBudget(words=size):
            return secrets.hint_in(words, scene, size) if draft.action != "give_hint" else ""
        case RepeatedQuestions() | Tone() | Promises() | EmptyWords() | OneQuestion():
            return fault_in(rule, words, scene, draft).problem
        case OffLimits():
            found = topic_in(rule, words)
            return f"touches {found}" if found else ""
        case NoLeak(words=size):
            return secrets.leak_in(words, scene, size)
        case Language():
            found = other_language(words, scene.state.language)
            return f"speaks {found}, not {scene.state.language}" if found else ""
        case UtteranceLength(max_words=limit):
            count = len(words_of(words))
            return f"{count} words, the limit is {limit}" if count > limit else ""
        case ConversationLength() | TimeLimit() | GradingVariance() | AnswerRate() | PastedText() | Injection():
            return ""  # judged on the course of the interview


def _mended(rule: AnyRule, words: str, scene: Scene, draft: Draft) -> str:
    match rule:
        case RepeatedQuestions() | Tone() | Promises() | EmptyWords() | OneQuestion():
            return fault_in(rule, words, scene, draft).words
        case UtteranceLength(max_words=limit):
            return _shortened(sentences_of(words), limit)
        case (
            ConversationLength()
            | TimeLimit()
            | HintBudget()
            | OffLimits()
            | NoLeak()
            | Language()
            | GradingVariance()
            | AnswerRate()
            | PastedText()
            | Injection()
        ):
            return words


def _shortened(sentences: list[str], limit: int) -> str:
    """Shorten from the front: the closing question stays, and as many of the sentences before it as fit."""
    if not sentences:
        return ""
    last = sentences[-1]
    room = limit - len(words_of(last))
    if room < 0:
        return ""
    kept: list[str] = []
    for sentence in sentences[:-1]:
        room -= len(words_of(sentence))
        if room < 0:
            break
        kept.append(sentence)
    return " ".join([*kept, last])


def _overtime_at_last_reply_s(scene: Scene) -> float:
    last = _last_reply(scene)
    if last is None:
        return float("-inf")
    return scene.state.elapsed_s(last.timestamp) - scene.budget_s


def _last_reply(scene: Scene) -> ConversationTurn | None:
    return next((said for said in reversed(scene.state.conversation_history) if said.role == "interviewer"), None)


def _answer(scene: Scene) -> ConversationTurn | None:
    """The candidate's answer in this turn."""
    for said in reversed(scene.state.conversation_history):
        if said.role == "candidate":
            return said if said.turn == scene.turn else None
    return None


def _disagreement(scene: Scene, limit: float) -> str:
    wide = sorted(
        record.question_id
        for record in scene.state.grades
        if any(criterion.spread > limit for criterion in record.grade.criteria)
    )
    return f"samples disagree by more than {limit:g} on {', '.join(wide)}" if wide else ""


def _too_fast(rule: AnswerRate, scene: Scene) -> str:
    """Trips once per burst: only on the answer that reaches the limit, not on each later one."""
    if _answer(scene) is None:
        return ""
    times = [said.timestamp for said in scene.state.conversation_history if said.role == "candidate"]
    window = timedelta(seconds=rule.window_s)

    def reached(last: int) -> bool:
        first = last - rule.max_answers + 1
        return first >= 0 and times[last] - times[first] <= window

    last = len(times) - 1
    if not reached(last) or reached(last - 1):
        return ""
    return f"{rule.max_answers} answers within {rule.window_s:g} s"


def _pasted(rule: PastedText, scene: Scene) -> str:
    answer, question = _answer(scene), _last_reply(scene)
    if answer is None or question is None or answer.confidence is not None or len(answer.content) < rule.min_chars:
        return ""
    # Response times under a second are unreliable; reading the question takes at least a second.
    took_s = max(1.0, (answer.timestamp - question.timestamp).total_seconds())
    rate = len(answer.content) / took_s
    if rate <= rule.max_chars_per_s:
        return ""
    return f"{len(answer.content)} characters in {took_s:.0f} s, faster than {rule.max_chars_per_s:g} a second"


def _injected(phrases: tuple[str, ...], scene: Scene) -> str:
    answer = _answer(scene)
    if answer is None:
        return ""
    if not answer.content.isascii():
        hidden = secrets.hidden_characters(answer.content)
        if hidden > 3:
            return f"the answer holds {hidden} invisible characters"
    orders = orders_in(answer.content)
    if orders:
        return f"the answer orders the machine about: {orders[0].kind}"
    found = first_phrase(searchable(answer.content), phrases)
    return f"the answer addresses the machine: “{found}”" if found else ""
