"""One pass over an accepted answer: assess → decide → judge → speak → reflect → reply. It commits nothing.

The pass may be repeated on a newer state when its commit loses a race; ``SlowWork`` keeps the expensive results.
"""

from __future__ import annotations

from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.assess import assess
from deployments.agent.turn.candidate_turns import note_questions, reopen_earlier
from deployments.agent.turn.decision import decide
from deployments.agent.turn.exchange import Exchange, begin
from deployments.agent.turn.judging import queue_judge
from deployments.agent.turn.reflect import reflect
from deployments.agent.turn.reply import reply
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.slow_work import SlowWork
from deployments.agent.turn.speech import speak
from interview.sessions.session import SessionState


async def run_pass(
    runtime: Runtime, state: SessionState, work: SlowWork, times: StageTimes, *, voice: bool
) -> Exchange:
    """The events and the reply for the pending answer; nothing is committed yet."""
    exchange = await begin(runtime, state, work, times, voice=voice)
    reopen_earlier(runtime, exchange)
    brief = await assess(runtime, exchange)
    note_questions(exchange, brief)
    decision = await decide(runtime, exchange, brief)
    await queue_judge(runtime, exchange, brief, decision)
    spoken = await speak(runtime, exchange, brief, decision)
    reflect(exchange, brief)
    reply(runtime, exchange, brief, decision, spoken)
    return exchange
