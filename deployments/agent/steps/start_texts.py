"""The texts of a start: their limits, and removal of text hidden from human readers."""

from __future__ import annotations

from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.contract import StartRequest
from deployments.agent.turn.acceptance import is_unicode
from interview.errors import InvalidInput
from interview.limits import MAX_NAME_CHARS
from interview.sessions.events import GuardrailTripped
from interview.sessions.ids import reference_problem
from interview.text.visible_text import suspicious_characters, visible

#: The rule's name in the log, the metric and the report.
HIDDEN_TEXT = "hidden_text"

#: Fewer invisible characters come from word processors; the rule ``injection`` has the same limit.
HARMLESS_CHARACTERS = 3


def check_texts(request: StartRequest, config: AgentConfig) -> None:
    """Raises InvalidInput naming the texts that are too long or not Unicode, and a reference with hidden characters."""
    limits = {
        "resume_content": config.max_document_chars,
        "role_description": config.max_document_chars,
        "candidate_name": MAX_NAME_CHARS,
        "candidate_reference": MAX_NAME_CHARS,
    }
    wrong: dict[str, str] = {}
    for field, limit in limits.items():
        text = getattr(request, field)
        if len(text) > limit:
            wrong[field] = f"longer than {limit} characters"
        elif not is_unicode(text):
            wrong[field] = "not valid Unicode"
    problem = "" if "candidate_reference" in wrong else reference_problem(request.candidate_reference)
    if problem:
        wrong["candidate_reference"] = problem
    if wrong:
        sentences = "; ".join(f"{field}: {problem}" for field, problem in wrong.items())
        raise InvalidInput(f"The interview cannot be started: {sentences}.", detail={"fields": wrong})


def hidden_text_trips(request: StartRequest) -> tuple[GuardrailTripped, ...]:
    """One trip for each kind of removed hidden text. Never quotes it."""
    details = [finding.sentence() for finding in request.document_findings]
    for name, text in (("résumé", request.resume_content), ("role description", request.role_description)):
        count = suspicious_characters(text)
        if count > HARMLESS_CHARACTERS:
            details.append(f"{name}: {count} invisible characters")
    return tuple(GuardrailTripped(turn=0, rule=HIDDEN_TEXT, action="stripped", detail=detail) for detail in details)


def without_hidden_text(request: StartRequest) -> StartRequest:
    """Remove invisible text (invisible characters, tags that spell ASCII): it is never stored or shown to a model."""
    return replace(
        request,
        resume_content=visible(request.resume_content),
        role_description=visible(request.role_description),
        candidate_name=visible(request.candidate_name),
    )
