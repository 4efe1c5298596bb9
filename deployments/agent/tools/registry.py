"""The registry of the agent's tools."""

from __future__ import annotations

from deployments.agent.tools import (
    finalize_session,
    get_hint,
    get_next_question,
    get_session_context,
    grade_answer,
    log_interaction,
    record_outcome,
    resume_session,
    update_difficulty,
)
from deployments.agent.tools.tool import ToolRegistry

TOOLS = ToolRegistry(
    (
        get_next_question.TOOL,
        grade_answer.TOOL,
        record_outcome.TOOL,
        update_difficulty.TOOL,
        finalize_session.TOOL,
        log_interaction.TOOL,
        get_hint.TOOL,
        get_session_context.TOOL,
        resume_session.TOOL,
    )
)
