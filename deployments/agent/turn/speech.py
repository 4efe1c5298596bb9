"""Step 6 of a turn, speak: the reply's audio, synthesized once even if the pass is repeated."""

from __future__ import annotations

from deployments.agent.brief.interviewer import Decision, TurnBrief
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.slow_work import Spoken
from deployments.agent.turn.speak import spoken_fallback


async def speak(runtime: Runtime, exchange: Exchange, brief: TurnBrief, decision: Decision) -> Spoken:
    """The reply's audio, new or reused; without a voice there is only text."""
    if not exchange.voice:
        return Spoken(audio=None)
    spoken = exchange.work.speech.get(decision.text)
    if spoken is None:
        state = brief.state
        with exchange.times.stage("tts"):
            spoken = await runtime.speaker.speak(
                decision.text,
                tenant=state.tenant,
                interview_id=state.interview_id,
                turn=brief.turn,
                language=state.language,
                growing=exchange.work.growing_speech,
            )
        exchange.work.speech[decision.text] = spoken
    if (fallback := spoken_fallback(brief.state, brief.turn, spoken)) is not None:
        exchange.record(fallback)
    return spoken
