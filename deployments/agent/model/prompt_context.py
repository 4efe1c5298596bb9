"""Assembles the model's prompt: the stable part first, the current turn last, within a token budget.

::

    system   interviewer prompt (persona, rules, plan)            the same for every turn of every such interview
             specialised prompt (question, rubric, no key)        the same while a question is open
    user     passages of résumé and role description              selected for the question
             summary of older turns, then the latest turns whole
             the answer, the open actions, the time left

An engine with prefix caching computes the system part once. The prompt omits keys, key points, reference answers,
scores and the wording of later questions, because a model cannot reveal what it has not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.model.documents import Passage, relevant
from deployments.agent.model.prompt_template import Prompt
from deployments.agent.model.untrusted_data import data, fitted, inert, tokens_at_most
from interview.errors import ContextTooLong
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.session import ActionType, ConversationTurn, SessionState
from interview.text.sentences import sentences_of

#: Upper bound on the tokens that a chat template adds around messages.
TEMPLATE_TOKENS = 48
#: The latest turns are included whole, up to this many.
WINDOW_TURNS = 12
#: Shares of the remaining budget: first the answer, then the conversation, then the documents.
ANSWER_SHARE = 0.5
WINDOW_SHARE = 0.5
SUMMARY_SHARE = 0.4
#: Below this budget the prompt is not useful.
LEAST_ANSWER_TOKENS = 64

MAX_WORDS = 60
_SUMMARY_CHARS = 160


class Asked(Struct, frozen=True):
    """The messages, and an upper bound of their tokens."""

    messages: tuple[dict[str, str], ...]
    tokens: int


def assemble(
    brief: TurnBrief,
    head: Prompt,
    special: Prompt,
    documents: Mapping[str, Sequence[Passage]],
    actions: Sequence[ActionType],
    *,
    budget: int,
) -> Asked:
    """The request's messages within ``budget`` tokens. Pure.

    Raises:
        ContextTooLong: the prompts alone leave no room for an answer.
    """
    system = f"{head.render(_about_interview(brief))}\n\n{special.render(_about_question(brief.question))}"
    frame = _turn(brief, actions, "")
    fixed = TEMPLATE_TOKENS + _tokens_of_prompt(system)
    left = budget - fixed - tokens_at_most(frame)
    if left < LEAST_ANSWER_TOKENS:
        raise ContextTooLong(
            "The interviewer's prompts leave no room for the candidate's answer.",
            detail={"limit_tokens": budget, "room_tokens": left},
        )
    answer = fitted(inert(brief.observation.text), int(left * ANSWER_SHARE))
    left -= tokens_at_most(answer)
    window, older = _window(brief, int(left * WINDOW_SHARE))
    left -= sum(tokens_at_most(part) + 2 for part in window)
    summary = _summary(brief.state, older, int(left * SUMMARY_SHARE))
    left -= tokens_at_most(summary) + 2
    parts = [*_documents(brief, documents, left), summary, *window, _turn(brief, actions, answer)]
    user = "\n\n".join(part for part in parts if part)
    return Asked(
        messages=({"role": "system", "content": system}, {"role": "user", "content": user}),
        tokens=fixed + tokens_at_most(user),
    )


@lru_cache(maxsize=128)
def _tokens_of_prompt(system: str) -> int:
    """Cached: the system part is the same for many turns, and only this process's own prompts are cached."""
    return tokens_at_most(system)


def _about_interview(brief: TurnBrief) -> dict[str, str]:
    plan = brief.plan
    return {
        "persona": inert(plan.persona),
        "title": inert(plan.title),
        "role": inert(plan.role),
        "language": _LANGUAGES.get(brief.state.language.split("-")[0], brief.state.language),
        "plan": outline(plan),
        "max_words": str(MAX_WORDS),
    }


def outline(plan: InterviewPlan) -> str:
    """The phases with their time and number of questions, and the skills; no question's wording."""
    phases = [
        f"- {phase.name}: about {max(1, round(phase.time_budget_s / 60))} min, {phase.question_budget} questions"
        for phase in plan.phases
    ]
    return inert("\n".join([*phases, f"- skills: {', '.join(plan.skills)}"]))


def _about_question(question: Question) -> dict[str, str]:
    return {"question": inert(question.prompt), "skill": inert(question.skill), "rubric": rubric_of(question)}


def rubric_of(question: Question) -> str:
    """The criteria with their anchored levels; no key, key points or reference answers."""
    lines = []
    for criterion in question.criteria:
        lines.append(f"- {criterion.name}")
        lines += [f"  {level.level}: {level.anchor}" for level in criterion.levels]
    return inert("\n".join(lines)) or "- The answer is graded by rule; nothing about it is to be discussed."


def _documents(brief: TurnBrief, documents: Mapping[str, Sequence[Passage]], budget: int) -> list[str]:
    query = " ".join((brief.question.prompt, brief.question.skill, *brief.question.topics, brief.answer))
    made = []
    for left_over, (kind, found) in zip(range(len(documents), 0, -1), documents.items(), strict=True):
        room = budget // left_over - tokens_at_most(data(kind, "")) - 4
        text = relevant(tuple(found), query, room) if room > 0 else ""
        if text:
            made.append(data(kind, text))
            budget -= tokens_at_most(made[-1]) + 2
    return made


def _window(brief: TurnBrief, budget: int) -> tuple[list[str], Sequence[ConversationTurn]]:
    """The latest turns as data, oldest first, and the turns before them; both exclude this turn's answer."""
    said = [one for one in brief.state.conversation_history if not (one.role == "candidate" and one.turn == brief.turn)]
    shown: list[str] = []
    while said and len(shown) < WINDOW_TURNS:
        last = said[-1]
        part = data(last.role, inert(last.content), turn=last.turn)
        cost = tokens_at_most(part) + 2
        if cost > budget:
            break
        budget -= cost
        shown.insert(0, part)
        said.pop()
    return shown, said


def _summary(state: SessionState, older: Sequence[ConversationTurn], budget: int) -> str:
    """The running summary of older turns: one line per turn, the newest kept, then insights."""
    if not older or budget <= 0:
        return ""
    lines = [f"{one.turn} {one.role}: {_gist(one.content)}" for one in older]
    noted = [f"{one.turn} noted: {_gist(one.text)}" for one in state.insights if one.turn <= older[-1].turn]
    frame = tokens_at_most(data("earlier in this interview", ""))
    kept: list[str] = []
    for line in reversed([*noted, *lines]):
        shown = inert(line)
        cost = tokens_at_most(shown) + 1
        if cost > budget - frame:
            break
        budget -= cost
        kept.insert(0, shown)
    return data("earlier in this interview", "\n".join(kept)) if kept else ""


def _gist(text: str) -> str:
    """One line per utterance: its closing question, or its beginning."""
    sentences = sentences_of(" ".join(text.split()))
    if not sentences:
        return ""
    told = sentences[-1] if sentences[-1].endswith("?") else sentences[0]
    return told if len(told) <= _SUMMARY_CHARS else told[:_SUMMARY_CHARS].rsplit(" ", 1)[0] + " …"


def _turn(brief: TurnBrief, actions: Sequence[ActionType], answer: str) -> str:
    """The variable end: the answer as data, then the open actions and their effects."""
    minutes = int(brief.time_left_s // 60)
    return "\n".join(
        (
            data("answer", answer, turn=brief.turn),
            "",
            f"The candidate {_HEARD.get(brief.observation.heard, 'answered')}. About {minutes} minutes are left.",
            "Open actions:",
            *(f"- {action}: {_effect(action, brief)}" for action in actions),
            "Answer with the JSON object.",
        )
    )


_HEARD = {"answer": "answered", "explain": "asked what the question means"}
_LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
}


def _effect(action: ActionType, brief: TurnBrief) -> str:
    match action:
        case "new_question":
            step = brief.next_step
            skill = step.question.skill if step.question else ""
            return (
                f"a sentence or two of yours, without a question; the platform then adds the next question "
                f"({inert(skill)}, {step.phase} phase)"
            )
        case "ask_followup":
            reason = f" The script would ask one: {inert(brief.probe_because)}" if brief.probe_because else ""
            example = f' For example: "{inert(brief.follow_up)}"' if brief.follow_up else ""
            return f"one question of yours about what was just said.{reason}{example}"
        case "clarify":
            return "say the open question in other words, or clear up a misunderstanding; adds nothing to it"
        case "give_hint":
            return "a kind sentence of yours; the platform then adds the hint, which costs a little"
        case "conclude":
            return "thank the candidate in a sentence; the platform then adds the farewell"
