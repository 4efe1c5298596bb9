"""``/session/audio``: an interview's recordings for its tenant, with byte ranges."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Response

from interview.errors import InvalidInput, NotFound
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import REPORTS, Authenticator, InterviewId, Principal
from serve.http.ports import IngressPorts
from serve.http.problems import problem_response, status_problem
from storage.blobs.audio_types import MEDIA_TYPES
from storage.blobs.layout import audio_path

_NO_SUCH_RECORDING = "There is no such recording."

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")

_AUDIO = {"audio/*": {"schema": {"type": "string", "contentMediaType": "audio/*"}}}


def recordings_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(prefix="/session", tags=["interviews"])
    Caller = Annotated[Principal, Depends(auth.require_interview(REPORTS))]  # noqa: N806 (a type)
    described = openapi.operation(content=_AUDIO, also=(404, 416))
    described["responses"][206] = {"description": "The requested range.", "content": _AUDIO}

    @router.get(
        "/audio/{interview_id}/{name}",
        summary="Listen",
        description="A recording of this interview, as the `audio_url` fields name it. One byte range is served.",
        **described,
    )
    async def audio(
        interview_id: InterviewId,
        caller: Caller,
        name: Annotated[str, Path(max_length=200)],
        byte_range: Annotated[str | None, Header(alias="Range")] = None,
    ) -> Response:
        try:
            # the tenant is part of the path, so another tenant's recording cannot be addressed
            recording = await ports.blobs.get(audio_path(caller.tenant, interview_id, name))
        except (NotFound, InvalidInput):
            raise NotFound(_NO_SUCH_RECORDING) from None
        if "-candidate-" in name:
            await audit.read(caller, "recording.read", interview_id)
        media_type = MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return _whole_or_part(recording, media_type, byte_range)

    return router


def _whole_or_part(data: bytes, media_type: str, byte_range: str | None) -> Response:
    # In a browser's cache a recording would outlive its erasure; the interviewer repeats the candidate's words.
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "no-store"}
    asked = _RANGE.fullmatch(byte_range.strip()) if byte_range else None
    if asked is None or asked.group(0) == "bytes=-":
        return Response(data, media_type=media_type, headers=headers)
    first, last = asked.group(1), asked.group(2)
    if first:
        start, stop = int(first), min(int(last) + 1 if last else len(data), len(data))
    else:
        start, stop = max(0, len(data) - int(last)), len(data)
    if start >= stop:
        problem = status_problem(416, "The recording does not have that range.")
        return problem_response(problem, {"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
    return Response(data[start:stop], status_code=206, media_type=media_type, headers=headers)
