"""The scripted interviewer: follows the plan verbatim and is every interview's fallback.

Pure and total: for every brief it has a decision, without a model, a network or a clock.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from deployments.agent.brief.interviewer import Decision, NextStep, Overheard, TurnBrief
from deployments.agent.script import phrases
from deployments.agent.script.candidate_replies import replies_to
from interview.languages.language import Script, language_of
from interview.languages.reading import reading_of
from interview.plans.plan import InterviewPlan, Phase
from interview.plans.questions import Question
from interview.sessions.hearing import heard_from
from interview.sessions.session import ActionType, AgentAction, AskedQuestion, SessionState
from interview.text.dont_know import says_dont_know
from interview.text.machine_orders import text_without_orders
from interview.text.plain_words import HESITATIONS, plain_words

SOURCE = "scripted"

#: Why the interview moves on after an ordinary answer.
_ANSWERED = "The question is answered."

#: An answer with at least this many words is an explanation, not a name.
TOLD_WORDS = 12

_NAME = re.compile(r",?[ ]?\{name\}")


class ScriptedInterviewer:
    async def decide(self, brief: TurnBrief, overheard: Overheard | None = None) -> Decision:
        return decide(brief)


def opening(plan: InterviewPlan, first: NextStep, candidate_name: str = "") -> Decision:
    """The greeting and the first question."""
    greeting = greeting_to(plan.greeting, candidate_name)
    question = first.question
    return Decision(
        action=AgentAction(
            action_type="new_question",
            reasoning=f"The interview begins: {first.rationale}.",
            next_phase=first.phase,
            topic=_topic(question),
        ),
        text=phrases.joined(greeting, spoken_prompt(question, plan.language) if question else ""),
        source=SOURCE,
        question=question,
        core=first.core,
    )


def greeting_to(greeting: str, name: str) -> str:
    """The plan's greeting; ``{name}`` is the candidate's name, or is removed with the comma before it."""
    plain = " ".join(name.split())
    return greeting.replace("{name}", plain) if plain else _NAME.sub("", greeting)


def decide(brief: TurnBrief) -> Decision:
    """The script's decision. ``observe.bounded`` limits requests beforehand, so this never loops."""
    decision = _decided(brief)
    if brief.observation.questions and brief.observation.heard != "question":
        return replace(decision, text=phrases.joined(replies_to(brief), decision.text))
    if brief.observation.is_foreign and decision.action.action_type != "conclude":
        told = language_of(brief.state.language).replies.language
        return replace(decision, text=phrases.joined(told, decision.text))
    return decision


def _decided(brief: TurnBrief) -> Decision:
    match brief.observation.heard:
        case "end":
            return _conclude(
                brief, "candidate", "The candidate asked to end the interview.", _script(brief).end_on_request
            )
        case "repeat":
            why = brief.observation.why or "The candidate asked to hear the question again."
            return _say(brief, "clarify", why, _pick(brief, _script(brief).repeat), _standing_prompt(brief))
        case "explain":
            return _explain(brief)
        case "wait":
            return _say(brief, "clarify", "The candidate asked for time to think.", _pick(brief, _script(brief).wait))
        case "hint":
            return _hint(brief)
        case "question":
            why = "The candidate asked the interviewer something; the question stays open, and nothing is graded."
            return _say(brief, "clarify", why, replies_to(brief), *_open_again(brief))
        case "afterthought":
            why = "The candidate wants to add to an earlier answer."
            offer = _script(brief).go_back if _was_reopened(brief) else _script(brief).nothing_earlier
            return _say(brief, "clarify", why, _pick(brief, offer), spoken_prompt(brief.question, brief.state.language))
        case "unformed":
            mode = brief.question.answer_mode
            why = f"The answer holds no {mode}; it is asked for once before an answer counts."
            wanted: tuple[str, ...] = getattr(_script(brief).form_wanted, mode)
            return replace(_say(brief, "clarify", why, _pick(brief, wanted)), form_asked=True)
        case "unsure":
            words = _script(brief).ask_again if brief.observation.text.strip() else _script(brief).heard_nothing
            if brief.observation.confidence is None:
                words = _script(brief).answer_needed if brief.observation.text.strip() else _script(brief).nothing_typed
            return _say(brief, "clarify", f"{brief.observation.why} Not scored.", _pick(brief, words))
        case "done" if not brief.answer and not _invites_questions(brief):
            return _say(brief, "clarify", "Nothing was answered yet.", _pick(brief, _script(brief).answer_needed))
        case "skip":
            why = brief.observation.why or "The candidate passed on the question."
            return _move_on(brief, why, _script(brief).acknowledge_skip, skipped=not brief.answer)
        case "answer" if brief.probe_because and brief.follow_up and "ask_followup" in brief.open_actions:
            if brief.probe_for_all:
                lead = acknowledged(brief)
                return _follow_up(brief, brief.probe_because, lead, brief.follow_up)
            why = f"{brief.probe_because} A follow-up probes it once."
            return _follow_up(brief, why, _pick(brief, _script(brief).probe), brief.follow_up)
        case "done":
            return _move_on(brief, "The candidate is done with the answer.", acknowledgement(brief))
        case "answer":
            return _move_on(brief, _ANSWERED, acknowledgement(brief))


def acknowledgement(brief: TurnBrief) -> tuple[str, ...]:
    """Thanks that fit the kind of answer and reveal nothing about its grade."""
    if _resumed(brief):
        return _script(brief).added
    said = text_without_orders(brief.observation.text)
    if brief.observation.heard == "answer" and says_dont_know(said, brief.state.language):
        return _script(brief).acknowledge_unknown
    told = brief.question.answer_mode == "spoken" and _fluent_words(said, brief.state.language) >= TOLD_WORDS
    return _script(brief).acknowledge_told if told else _script(brief).acknowledge


def acknowledged(brief: TurnBrief) -> str:
    """One of these thanks, another one each time while there are others."""
    return _pick(brief, acknowledgement(brief))


def _fluent_words(said: str, language: str) -> int:
    """The number of words that do not fill a pause."""
    if (reading := reading_of(language)) is not None:
        return sum(not reading.is_hesitation(word) for word in said.split())
    return sum(word not in HESITATIONS for word in plain_words(said).split())


def _explain(brief: TurnBrief) -> Decision:
    """The plan's own rephrasing of the open question; a follow-up, and a question without one, is said again."""
    question = brief.question
    if question.rephrased and not brief.asked.follow_ups:
        why = "The candidate asked what the question means; the plan's other wording of it follows."
        return _say(
            brief,
            "clarify",
            why,
            _pick(brief, _script(brief).in_other_words),
            _with_options(question, question.rephrased, brief.state.language),
        )
    why = "The candidate asked what the question means; the script repeats it and adds nothing to it."
    return _say(brief, "clarify", why, _pick(brief, _script(brief).explain), _standing_prompt(brief))


def _resumed(brief: TurnBrief) -> bool:
    """Whether an interrupted question is put again next."""
    following = brief.next_step.question
    return following is not None and any(
        asked.interrupted and asked.question_id == following.id for asked in brief.state.questions_asked
    )


def _comes_back(brief: TurnBrief) -> bool:
    """Whether the question that is put next was heard before."""
    following = brief.next_step.question
    return following is not None and any(
        asked.interrupted
        and asked.question_id == following.id
        and heard_from(brief.state, asked, following) is not None
        for asked in brief.state.questions_asked
    )


def _was_reopened(brief: TurnBrief) -> bool:
    return any(asked.interrupted for asked in brief.state.questions_asked)


def _open_again(brief: TurnBrief) -> tuple[str, str]:
    """The open question, after a reply to the candidate's own question."""
    if _invites_questions(brief):
        return _pick(brief, _script(brief).anything_else), ""
    return _pick(brief, _script(brief).back_to), _standing_prompt(brief)


def _invites_questions(brief: TurnBrief) -> bool:
    """Whether the open question is the plan's invitation to ask something: no answer to it is needed."""
    return brief.asked.phase == "closing" and not brief.question.is_scored


def conclude(brief: TurnBrief, *, by: str, why: str) -> Decision:
    """An end outside the plan: the same polite close."""
    return _conclude(brief, by, why, _script(brief).stop_here)


def pause(brief: TurnBrief, why: str) -> Decision:
    """No question is asked until a person has reviewed."""
    decision = _say(brief, "clarify", f"Paused for a person to look: {why}", _pick(brief, _script(brief).pause))
    return replace(decision, paused_because=why)


def spoken_prompt(question: Question, language: str) -> str:
    """The prompt verbatim; options are read out after it, for listeners."""
    return _with_options(question, question.prompt, language)


def _with_options(question: Question, words: str, language: str) -> str:
    if not question.options:
        return words
    options = "; ".join(f"{option.id.upper()}: {option.text.rstrip('.')}" for option in question.options)
    return f"{words} {language_of(language).script.options_are.format(options=options)}"


def hint_words(question: Question, rung: int, seed: int, turn: int, language: str) -> str:
    return phrases.joined(phrases.pick(language_of(language).script.hint, seed, turn), question.hints[rung].text)


def _hint(brief: TurnBrief) -> Decision:
    rung = brief.asked.hints
    if "give_hint" in brief.open_actions:
        text = hint_words(brief.question, rung, brief.seed, brief.turn, brief.state.language)
        decision = _say(brief, "give_hint", f"The candidate asked for a hint; rung {rung + 1} of the ladder.", text)
        return Decision(action=decision.action, text=decision.text, source=SOURCE, hint=rung)
    return _say(brief, "clarify", "No hint is left for this question.", _pick(brief, _script(brief).no_hint))


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _move_on(brief: TurnBrief, why: str, acknowledge: tuple[str, ...], *, skipped: bool = False) -> Decision:
    step = brief.next_step
    if step.question is None:
        script = _script(brief)
        said = (script.time_is_up,) if step.by_budget else (acknowledge, script.all_asked)
        # The report's first page shows this as the reason for the end: what ended the interview comes first.
        reason = f"Nothing is left to ask: {_sentence(step.rationale)}"
        if why != _ANSWERED:
            reason = f"{reason} {why}"
        return _conclude(brief, "plan", reason, *said, skipped=skipped)
    comes_back = _comes_back(brief)
    before = brief.asked.phase if _resumed(brief) else brief.state.current_phase
    return Decision(
        action=AgentAction(
            action_type="new_question",
            reasoning=f"{why} Next: {_sentence(step.rationale)}",
            next_phase=step.phase,
            topic=_topic(step.question),
        ),
        text=phrases.joined(
            _pick(brief, acknowledge),
            phrases.entering(_script(brief), step.phase, brief.seed) if step.phase != before and not comes_back else "",
            _pick(brief, _script(brief).back_to) if comes_back else "",
            spoken_prompt(step.question, brief.state.language),
        ),
        source=SOURCE,
        question=step.question,
        core=step.core,
        skipped=skipped,
    )


def _conclude(brief: TurnBrief, by: str, why: str, *words: tuple[str, ...], skipped: bool = False) -> Decision:
    return Decision(
        action=AgentAction(action_type="conclude", reasoning=why, next_phase=_last_phase(brief.plan), topic=""),
        text=phrases.joined(*(_pick(brief, each) for each in words), brief.plan.closing),
        source=SOURCE,
        skipped=skipped,
        concluded_by=by,
    )


def _say(brief: TurnBrief, action: ActionType, why: str, *parts: str) -> Decision:
    return Decision(
        action=AgentAction(
            action_type=action,
            reasoning=why,
            next_phase=brief.state.current_phase,
            topic=_topic(brief.question),
        ),
        text=phrases.joined(*parts),
        source=SOURCE,
    )


def _follow_up(brief: TurnBrief, why: str, lead: str, follow_up: str) -> Decision:
    return replace(_say(brief, "ask_followup", why, lead, follow_up), follow_up=follow_up)


def _standing_prompt(brief: TurnBrief) -> str:
    return standing_prompt(brief.state, brief.question, brief.asked)


def standing_prompt(state: SessionState, question: Question, asked: AskedQuestion) -> str:
    """The open follow-up, else the question, without the words that introduced it."""
    prompt = spoken_prompt(question, state.language)
    if asked.follow_ups:
        for said in reversed(state.conversation_history):
            if said.role == "interviewer" and said.question_type != "clarification":
                script = language_of(state.language).script
                return prompt if said.whole.endswith(prompt) else _without_lead(said.whole, script)
    return prompt


def _without_lead(said: str, script: Script) -> str:
    for lead in (*script.probe, *script.acknowledge, *script.acknowledge_told):
        if said.startswith(f"{lead} "):
            return said.removeprefix(lead).lstrip()
    return said


def _script(brief: TurnBrief) -> Script:
    return language_of(brief.state.language).script


def _pick(brief: TurnBrief, options: tuple[str, ...]) -> str:
    return phrases.unsaid(options, brief.seed, brief.turn, told_before(brief))


def told_before(brief: TurnBrief) -> tuple[str, ...]:
    """What the interviewer said in earlier turns."""
    return tuple(said.content for said in brief.state.conversation_history if said.role == "interviewer")


def _last_phase(plan: InterviewPlan) -> Phase:
    return plan.phases[-1].name


def _topic(question: Question | None) -> str:
    if question is None:
        return ""
    return question.topics[0] if question.topics else question.skill
