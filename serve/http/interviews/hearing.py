"""``POST /candidate/transcript``: what speech recognition understands of a candidate's recording. Nothing is stored."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct

from deployments.agent.contract import HearRequest
from deployments.stt.contract import TranscribeRequest, Transcript
from interview.errors import InvalidInput, UnsupportedRequest
from interview.sessions.invitation import PreparedStart
from serve.http import openapi
from serve.http.auth import Authenticator, Principal
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.invitations import start_of
from serve.http.limits.hearing_places import HearingPlaces
from serve.http.ports import IngressPorts
from serve.http.request_bodies import Answer, read_answer
from serve.http.settings import HttpSettings
from storage.archive.transfer import load_state
from storage.sessions.port import SessionKey


class HeardReply(Struct, frozen=True):
    """A transcript. ``confidence`` in [0, 1] is the expected share of right words; ``duration_s`` is measured."""

    text: str
    confidence: float
    duration_s: float


def hearing_router(ports: IngressPorts, settings: HttpSettings, auth: Authenticator, agent: StepCaller) -> APIRouter:
    router = APIRouter(tags=["candidates"])
    places = HearingPlaces(ports.slots)
    Candidate = Annotated[Principal, Depends(auth.require_candidate())]  # noqa: N806 (a type)

    @router.post(
        "/candidate/transcript",
        summary="Try what is understood",
        description="For the check of the microphone before the interview, and for a look at a spoken answer before "
        "it is given. Nothing is stored, graded or added to the interview.",
        **openapi.operation(reply="HeardReply", multipart=openapi.RECORDING_FORM, also=(404,)),
    )
    async def transcript(request: Request, candidate: Candidate) -> Response:
        agent.admit()
        key = SessionKey(candidate.tenant, candidate.interview_id or "")
        async with places.held(key):
            recording = await read_answer(request, settings)
            if recording.audio is None:
                raise InvalidInput("Send a recording in 'audio'.", detail={"fields": {"audio": "is missing"}})
            if ports.scanner is not None:
                await ports.scanner.scan(recording.audio, "audio")
            with agent.working():
                heard = await _heard(key, recording, recording.audio)
        reply = HeardReply(heard.text, heard.confidence, heard.duration_s)
        return Response(msgspec.json.encode(reply), media_type="application/json")

    async def _heard(key: SessionKey, recording: Answer, audio: bytes) -> Transcript:
        """With the open question's vocabulary, once the interview runs."""
        state = await load_state(ports.sessions, ports.archive, key)
        if state is not None and state.status == "active":
            return await agent.hear(HearRequest(key.tenant, key.interview_id, audio, recording.content_type))
        if ports.stt is None:
            raise UnsupportedRequest("Speech recognition is not installed here; please type your answers.")
        language = state.language if state is not None else await _language(key)
        return await ports.stt.transcribe(TranscribeRequest(audio, recording.content_type, language))

    async def _language(key: SessionKey) -> str:
        """The language that the interview will have: the invitation's, else its plan's."""
        invitation = await ports.candidates.invitation(key) if ports.candidates else None
        return (await ports.agent.notice(start_of(key, invitation.start if invitation else PreparedStart()))).language

    return router
