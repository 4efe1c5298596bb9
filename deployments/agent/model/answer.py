"""The structured answer of a model for one turn: its schema, and its validation as untrusted input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from rapidfuzz import fuzz

from deployments.agent.brief.follow_up_target import asks_for_a_gap, target_of
from deployments.agent.brief.interviewer import Decision, TurnBrief
from deployments.agent.model.answer_parts import parts_of, repeated_part
from deployments.agent.script import phrases, scripted
from deployments.agent.script.untold import reply_to_untold
from interview.errors import InvalidModelOutput
from interview.languages.language import Script, language_of
from interview.policies.wording import COURTESY_WORDS, TOLD_WORDS
from interview.sessions.session import ActionType, AgentAction
from interview.text.content_stems import content_stems
from interview.text.dont_know import says_dont_know
from interview.text.sentences import growing_sentences
from interview.text.visible_text import is_foreign, searchable, visible

SOURCE = "model"

#: The order of the open actions in the schema: actions that advance the interview come first.
ORDER: tuple[ActionType, ...] = ("new_question", "conclude", "ask_followup", "clarify", "give_hint")

#: A candidate with a lower score is stuck; only then may a model offer a hint, because a hint costs score.
STUCK_BELOW = 0.15

#: An answer with a higher score leaves nothing to follow up.
COMPLETE_FROM = 0.85

#: Minimum similarity at which a model's sentence counts as the plan's wording.
_SAME_WORDING = 85

_Note = Annotated[str, Meta(max_length=1000)]


class ModelTurn(Struct, frozen=True, forbid_unknown_fields=True):
    """A model's output: the decision, then the words. Lengths in characters; an utterance of 2 000 takes two minutes
    to speak.

    ``takes_up`` is what the candidate said that the words take up. ``topic``, ``observation`` and ``next_phase`` occur
    only in logs of earlier versions, whose models wrote them.
    """

    action: ActionType
    utterance: Annotated[str, Meta(max_length=2000)]
    takes_up: Annotated[str, Meta(max_length=400)] = ""
    reasoning: _Note = ""
    topic: Annotated[str, Meta(max_length=200)] = ""
    observation: _Note = ""
    next_phase: str = ""


def actions_for(brief: TurnBrief) -> tuple[ActionType, ...]:
    """The open actions that a model may take, in ``ORDER``. Pure.

    Clarifications are limited like repeats, because a model could otherwise clarify indefinitely. A candidate who asks
    for the meaning is told it, and no question is passed over. An answer that does not end in a question needs no
    clarification; a question within it is often quoted ("I'd ask the customer: is it running again?"). A hint costs
    score, so it is open only when the candidate asked for the meaning or is stuck. A complete answer needs no
    follow-up, and neither does one of which nothing that is missing can be asked about. To an answer that tells nothing
    (an evasion, a gap, an insult) a follow-up is open only if it speaks of a missing point.
    """
    open_actions = set(brief.open_actions)
    if brief.observation.heard == "explain":
        return tuple(action for action in ORDER if action in open_actions & {"clarify", "give_hint"})
    if brief.asked.clarifications >= brief.plan.max_clarifications or not brief.observation.text.rstrip().endswith("?"):
        open_actions.discard("clarify")
    stuck = brief.grade is not None and brief.grade.score < STUCK_BELOW and brief.grade.is_judgement
    if not stuck:
        open_actions.discard("give_hint")
    complete = brief.grade is not None and brief.grade.is_judgement and brief.grade.score >= COMPLETE_FROM
    target = target_of(brief)
    beside = target is None or (not _tells(brief) and not asks_for_a_gap(target.words, brief))
    if beside or (complete and not brief.probe_because):
        open_actions.discard("ask_followup")
    return tuple(action for action in ORDER if action in open_actions)


def schema_for(actions: Sequence[ActionType], parts: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON Schema of this turn's answer: only open actions, and only ``parts`` of the answer to take up.

    The decision precedes the words, so that a reader of the stream knows it first, and a small model has chosen before
    it speaks.
    """
    text = {"type": "string"}
    taken_up = {"type": "string", "enum": list(parts)} if parts else text
    properties: dict[str, Any] = {
        "action": {"type": "string", "enum": list(actions)},
        "reasoning": text,
        "takes_up": taken_up,
        "utterance": text,
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_turn(content: object, actions: Sequence[ActionType]) -> ModelTurn:
    """Validate the model's answer.

    Raises:

        InvalidModelOutput: cut off, no JSON, not of the schema, or an action that is not open. Never quotes it.
    """
    if not isinstance(content, str):
        raise InvalidModelOutput("The model returned no text.")
    try:
        turn = msgspec.json.decode(content.strip(), type=ModelTurn)
    except msgspec.MsgspecError as error:
        if "truncated" in str(error):
            raise InvalidModelOutput(
                "The model's answer was cut off: the model repeats itself, or `agent.reply_tokens` is too low."
            ) from error
        where = str(error).rpartition(" - at ")[2] if " - at " in str(error) else "the answer"
        raise InvalidModelOutput(f"The model's answer does not match the schema at {where.strip('`')}.") from error
    if turn.action not in actions:
        raise InvalidModelOutput(f"The model chose {turn.action}, which is not open now.")
    return turn


def settled(turn: ModelTurn, brief: TurnBrief, actions: Sequence[ActionType]) -> ModelTurn:
    """A complete turn whose follow-up asks for something that is missing.

    A question about something else gives way to the plan's follow-up, or else to the next question; what the model says
    before it stays. Pure.
    """
    if turn.action != "ask_followup" or asks_for_a_gap(turn.utterance, brief):
        return turn
    target = target_of(brief)
    told = " ".join(one for one in growing_sentences(_plain(turn.utterance)) if not one.endswith("?"))
    if target is not None and target.planned:
        return replace(turn, utterance=phrases.joined(told, target.words))
    if "new_question" in actions:
        return replace(turn, action="new_question", utterance=told)
    return turn


def decision_of(turn: ModelTurn, brief: TurnBrief, *, prompt: str, output: dict[str, Any]) -> Decision:
    """The decision: the model's words, then the plan's wording.

    The phase follows the plan, whatever the model wrote. Raises InvalidModelOutput when no words are left.
    """
    words = _plain(turn.utterance)
    action = turn.action
    question, hint, concluded_by, verbatim = None, None, "", ""
    phase = brief.state.current_phase
    match action:
        case "new_question":
            question, phase = brief.next_step.question, brief.next_step.phase
            verbatim = scripted.spoken_prompt(question, brief.state.language) if question is not None else ""
        case "give_hint":
            hint = brief.asked.hints
            verbatim = brief.question.hints[hint].text if hint < len(brief.question.hints) else ""
        case "conclude":
            phase, concluded_by, verbatim = brief.plan.phases[-1].name, "plan", brief.plan.closing
        case "ask_followup" | "clarify":
            pass
    if verbatim:
        words = _without(words, verbatim)
    if not words and not verbatim:
        raise InvalidModelOutput("The model's answer has no utterance.")
    return Decision(
        action=AgentAction(
            action_type=action, reasoning=turn.reasoning, next_phase=phase, topic=turn.takes_up or turn.topic
        ),
        text=phrases.joined(words, verbatim),
        source=SOURCE,
        question=question,
        core=brief.next_step.core if question is not None else False,
        hint=hint,
        concluded_by=concluded_by,
        observation=turn.observation,
        prompt=prompt,
        output=output,
    )


def taking_up(decision: Decision, brief: TurnBrief) -> Decision | None:
    """``decision`` with a sentence that repeats what the model takes up of an answer in sentences, or else another part
    of it, where its own words say nothing of the answer; None where they do, or nothing was chosen or may be repeated.
    A short courtesy stays. Pure."""
    said, language, chosen = brief.observation.text, brief.state.language, decision.action.topic
    told = len(said.split()) >= TOLD_WORDS and not says_dont_know(said, language) and not is_foreign(said, language)
    if not told or chosen not in parts_of(said) or not _owes_a_word(decision, brief):
        return None
    repeated = repeated_part(chosen, said, " ".join(scripted.told_before(brief)))
    lines = language_of(language).script.taking_up
    sentence = phrases.pick(lines, brief.seed, brief.turn).format(words=repeated)
    return _with_sentence(decision, brief, sentence) if repeated else None


def replying(decision: Decision, brief: TurnBrief) -> Decision | None:
    """``decision`` with the script's reply to an answer of which nothing is taken up, or with its thanks before a
    question that would be put without a word; None where neither is missing. A short answer that tells something
    ("It depends on the index.") gets no such reply. Pure."""
    words, _ = own_words(decision, brief)
    script = language_of(brief.state.language).script
    if not _owes_a_word(decision, brief) or _is_of_the_model(words, script):
        return None
    sentence = ""
    if len(brief.observation.text.split()) >= TOLD_WORDS or not _tells(brief):
        told = scripted.told_before(brief)
        sentence = reply_to_untold(brief.observation.text, script, brief.seed, brief.turn, told)
    if not sentence and not words:
        sentence = scripted.acknowledged(brief)
    return _with_sentence(decision, brief, sentence) if sentence else None


def _owes_a_word(decision: Decision, brief: TurnBrief) -> bool:
    """Whether the next question follows an answer, and no word of content of the answer stands before it."""
    words, _ = own_words(decision, brief)
    moves_on = decision.action.action_type == "new_question" and brief.observation.heard == "answer"
    return moves_on and not content_stems(words) & content_stems(brief.observation.text)


def _with_sentence(decision: Decision, brief: TurnBrief, sentence: str) -> Decision:
    words, verbatim = own_words(decision, brief)
    courtesy = words if len(words.split()) <= COURTESY_WORDS else ""
    return replace(decision, text=phrases.joined(courtesy, sentence, verbatim))


def _tells(brief: TurnBrief) -> bool:
    """Whether a part of the answer could be repeated, said before or not."""
    said = brief.observation.text
    parts = parts_of(said)
    return not says_dont_know(said, brief.state.language) and bool(parts) and bool(repeated_part(parts[0], said))


def _is_of_the_model(words: str, script: Script) -> bool:
    """Whether ``words`` are more than a courtesy, and not the script's in place of what was left out."""
    known = (*script.acknowledge_told, *script.acknowledge, *script.acknowledge_unknown)
    return len(words.split()) > COURTESY_WORDS and words not in known


def own_words(decision: Decision, brief: TurnBrief) -> tuple[str, str]:
    """Split a decision's text into the interviewer's own words and the plan's wording. Pure."""
    verbatim = ""
    if decision.question is not None:
        verbatim = scripted.spoken_prompt(decision.question, brief.state.language)
    elif decision.hint is not None and decision.hint < len(brief.question.hints):
        verbatim = brief.question.hints[decision.hint].text
    elif decision.action.action_type == "conclude":
        verbatim = brief.plan.closing
    if verbatim and decision.text.endswith(verbatim.strip()):
        return decision.text.removesuffix(verbatim.strip()).rstrip(), verbatim
    return decision.text, ""


def _plain(words: str) -> str:
    """Without hidden characters, with single spaces. A small model goes on with what it takes up, in the middle of a
    sentence; it begins one."""
    plain = " ".join(visible(words).split())
    begins_one = plain.partition(" ")[0].islower()
    return plain[:1].upper() + plain[1:] if begins_one else plain


def _without(words: str, verbatim: str) -> str:
    """Own words before the plan's, without questions (one thing is asked at a time) and without the plan's wording."""
    planned = [searchable(sentence) for sentence in growing_sentences(" ".join(verbatim.split()))]
    return " ".join(
        sentence
        for sentence in growing_sentences(words)
        if not sentence.endswith("?") and all(fuzz.ratio(searchable(sentence), one) < _SAME_WORDING for one in planned)
    )
