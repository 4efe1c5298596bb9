"""``/candidates/{reference}/data``: a candidate's copy of everything stored, and its erasure."""

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Response
from msgspec import Struct
from starlette.responses import StreamingResponse

from interview.limits import MAX_NAME_CHARS
from serve.http import openapi
from serve.http.auth import PRIVACY, Authenticator, Principal
from serve.http.ports import IngressPorts

Reference = Annotated[
    str,
    Path(
        min_length=1,
        max_length=MAX_NAME_CHARS,
        pattern=r"^[^\x00-\x1f]*$",
        description="The `candidate.reference` of the start.",
    ),
]

_ZIP = {"application/zip": {"schema": {"type": "string", "contentMediaType": "application/zip"}}}
_PIECE_BYTES = 256 * 1024
_IN_MEMORY_BYTES = 4 * 1024 * 1024


class ErasedData(Struct, frozen=True):
    """The number of erased interviews. ``purged`` false: deleted values may still be in a server's own log files."""

    interviews: int
    purged: bool


def candidates_router(ports: IngressPorts, auth: Authenticator) -> APIRouter:
    router = APIRouter(prefix="/candidates", tags=["personal data"])
    Officer = Annotated[Principal, Depends(auth.require(PRIVACY))]  # noqa: N806 (a type)

    @router.get(
        "/{reference:path}/data",
        summary="Export a candidate's data",
        description="A ZIP file with every interview of the candidate: state, events, recordings, documents, reports.",
        **openapi.operation(content=_ZIP, also=(404,)),
    )
    async def export(reference: Reference, caller: Officer) -> Response:
        keys = await ports.personal_data.of_candidate(caller.tenant, reference)
        file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by _pieces
        try:
            await ports.personal_data.export(keys, file, by=caller.key_id)
        except BaseException:
            file.close()
            raise
        headers = {"Content-Disposition": 'attachment; filename="candidate-data.zip"', "Cache-Control": "no-store"}
        return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)

    @router.delete(
        "/{reference:path}/data",
        summary="Erase a candidate's data",
        description="Erases every interview of the candidate from every store, for ever. A repeated request is a 404.",
        **openapi.operation(reply="ErasedData", also=(404,)),
    )
    async def erase(reference: Reference, caller: Officer) -> Response:
        keys = await ports.personal_data.of_candidate(caller.tenant, reference)
        purged = await ports.personal_data.erase(keys, by=caller.key_id)
        return Response(msgspec.json.encode(ErasedData(len(keys), purged)), media_type="application/json")

    return router


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece
