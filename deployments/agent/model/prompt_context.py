"""Assembles the model's prompt, append-only: what is fixed for the interview, the conversation, the open turn last.

::

    system   interviewer prompt (persona, rules, examples, plan)  the same for every turn of every such interview
    user     passages of résumé and role description              the same for every turn of this interview
             the conversation, this turn's answer last            grows at its end (``transcript``)
             specialised prompt (the open question)               replaced in every turn
             the open actions, the time left                      replaced in every turn

So an engine with a prefix cache computes only the last exchange and the end. The prompt omits keys, key points,
reference answers, scores and the wording of later questions, because a model cannot reveal what it has not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from deployments.agent.brief.follow_up_target import target_of
from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.model.documents import Passage, relevant
from deployments.agent.model.prompt_template import Prompt
from deployments.agent.model.transcript import SEPARATOR_TOKENS, transcript
from deployments.agent.model.untrusted_data import data, inert, tokens_at_most
from interview.errors import ContextTooLong
from interview.languages.language import language_of
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.session import ActionType, SessionState

#: Upper bound on the tokens that a chat template adds around messages.
TEMPLATE_TOKENS = 48
#: Shares of what the system prompt leaves. They are fixed, so that no part moves when another one grows.
DOCUMENTS_SHARE = 0.25
OPEN_TURN_SHARE = 0.2
#: With less room for the conversation, the prompt is not useful.
LEAST_CONVERSATION_TOKENS = 128

MAX_WORDS = 40


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
    system = opening(brief.state, brief.plan, head)
    open_turn = f"{special.render(_about_question(brief.question))}\n\n{_open_turn(brief, actions)}"
    fixed = TEMPLATE_TOKENS + _tokens_of_prompt(system)
    shown = _documents(brief.plan, documents, int(max(0, budget - fixed) * DOCUMENTS_SHARE))
    fixed += sum(tokens_at_most(part) + SEPARATOR_TOKENS for part in shown)
    left = budget - fixed
    ending = tokens_at_most(open_turn)
    room = min(left - int(left * OPEN_TURN_SHARE), left - ending)
    if room < LEAST_CONVERSATION_TOKENS:
        raise ContextTooLong(
            "The interviewer's prompts leave no room for the candidate's answer.",
            detail={"limit_tokens": budget, "room_tokens": room},
        )
    conversation = transcript(brief, room)
    user = "\n\n".join((*shown, *conversation.parts, open_turn))
    return Asked(
        messages=({"role": "system", "content": system}, {"role": "user", "content": user}),
        tokens=fixed + conversation.tokens + ending,
    )


def opening(state: SessionState, plan: InterviewPlan, head: Prompt) -> str:
    """The system message: the same in every turn of the interview. Pure."""
    return head.render(_about_interview(state, plan))


@lru_cache(maxsize=128)
def _tokens_of_prompt(system: str) -> int:
    """Cached: the system part is the same for many turns, and only this process's own prompts are cached."""
    return tokens_at_most(system)


def _about_interview(state: SessionState, plan: InterviewPlan) -> dict[str, str]:
    return {
        "persona": inert(plan.persona),
        "title": inert(plan.title),
        "role": inert(plan.role),
        "language": language_of(state.language).english_name,
        "plan": outline(plan),
        "facts": facts_of(plan),
        "max_words": str(MAX_WORDS),
    }


def outline(plan: InterviewPlan) -> str:
    """The phases with their time and number of questions, and the skills; no question's wording."""
    phases = [
        f"- {phase.name}: about {max(1, round(phase.time_budget_s / 60))} min, {phase.question_budget} questions"
        for phase in plan.phases
    ]
    return inert("\n".join([*phases, f"- skills: {', '.join(plan.skills)}"]))


def facts_of(plan: InterviewPlan) -> str:
    """The plan's facts about the company, a line each."""
    return inert("\n".join(f"- {' '.join(fact.split())}" for fact in plan.company_facts.values())) or "- Nothing."


def _about_question(question: Question) -> dict[str, str]:
    return {"question": inert(question.prompt), "skill": inert(question.skill), "rubric": rubric_of(question)}


def rubric_of(question: Question) -> str:
    """The criteria with their anchored levels; no key, key points or reference answers."""
    lines = []
    for criterion in question.criteria:
        lines.append(f"- {criterion.name}")
        lines += [f"  {level.level}: {level.anchor}" for level in criterion.levels]
    return inert("\n".join(lines)) or "- The answer is graded by rule; nothing about it is to be discussed."


def _documents(plan: InterviewPlan, documents: Mapping[str, Sequence[Passage]], budget: int) -> list[str]:
    """Passages about the plan's skills and topics: the same in every turn, so that they stay in the prefix."""
    query = " ".join((plan.role, *plan.skills, *(topic for question in plan.questions for topic in question.topics)))
    made = []
    for left_over, (kind, found) in zip(range(len(documents), 0, -1), documents.items(), strict=True):
        room = budget // left_over - tokens_at_most(data(kind, "")) - 2 * SEPARATOR_TOKENS
        text = relevant(tuple(found), query, room) if room > 0 else ""
        if text:
            made.append(data(kind, text))
            budget -= tokens_at_most(made[-1]) + SEPARATOR_TOKENS
    return made


def _open_turn(brief: TurnBrief, actions: Sequence[ActionType]) -> str:
    """What is open now, at the prompt's end. The interviewer prompt says what each action does."""
    minutes = int(brief.time_left_s // 60)
    return " ".join(
        (
            f"The candidate {_HEARD.get(brief.observation.heard, 'answered')}; {minutes} minutes are left.",
            f"Open actions: {', '.join(actions)}.",
            *(note for action in actions if (note := _note(action, brief))),
            "Answer with the JSON object.",
        )
    )


_HEARD = {"answer": "answered", "explain": "asked what the question means"}


def _note(action: ActionType, brief: TurnBrief) -> str:
    """What is particular to an open action in this turn; empty when there is nothing."""
    match action:
        case "ask_followup":
            target = target_of(brief)
            about = f'A follow-up asks about this: "{inert(target.words)}"' if target is not None else ""
            return f"{inert(brief.probe_because)} {about}".strip()
        case "clarify":
            asked_for = brief.observation.heard == "explain" and brief.question.rephrased
            return f'Suggested wording: "{inert(brief.question.rephrased)}"' if asked_for else ""
        case "new_question" | "give_hint" | "conclude":
            return ""
