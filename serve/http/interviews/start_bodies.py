"""The body of a start: JSON alone, or multipart with the JSON and the candidate's documents as files."""

from __future__ import annotations

from fastapi import Request
from msgspec import Struct
from starlette.datastructures import FormData, UploadFile

from deployments.documents.contract import DocumentField, DocumentFinding, DocumentReader
from deployments.shell.antivirus import UploadScanner
from interview.errors import AudioTooLarge, DocumentTooLarge, InvalidInput, UnsupportedRequest
from serve.http.multipart import multipart_form
from serve.http.request_bodies import StartBody, media_type, read_json, validated, wrong
from serve.http.settings import HttpSettings

#: The JSON field that each file replaces.
_TEXT_OF: dict[DocumentField, str] = {"resume": "resume_content", "role_description": "role_description"}

_REQUEST = "request"


class Start(Struct, frozen=True):
    """A start request: the body with its documents' texts in place, and the hidden text found in them."""

    body: StartBody
    findings: tuple[DocumentFinding, ...] = ()


class _File(Struct, frozen=True):
    field: DocumentField
    name: str
    data: bytes


async def read_start(
    request: Request, settings: HttpSettings, reader: DocumentReader | None, scanner: UploadScanner | None
) -> Start:
    """JSON, or multipart: the part ``request`` holds the same JSON, ``resume`` and ``role_description`` are files.

    Raises:

        InvalidInput, DocumentRejected, DocumentTooLarge, UnsupportedRequest: the request is invalid; names the field.
        Overloaded: too many documents are being read.
        HTTPException: 400 for a broken multipart body, 415 for another media type.
    """
    if media_type(request) != "multipart/form-data":
        return Start(await read_json(request, StartBody, "application/json", "multipart/form-data", optional=True))
    try:
        async with multipart_form(request, max_files=3, max_fields=3, max_part_size=settings.max_json_bytes) as form:
            body, files = await _parts(form)
    except AudioTooLarge as error:  # the same message as for any upload
        megabytes = settings.max_upload_bytes / 1024 / 1024
        raise DocumentTooLarge(
            f"The documents together are larger than {megabytes:g} MB. Send smaller files, or paste the text.",
            detail={"max_bytes": settings.max_upload_bytes},
        ) from error
    if scanner is not None:
        for file in files:
            await scanner.scan(file.data, file.field)
    return await _with_documents(body, files, reader)


async def _with_documents(body: StartBody, files: list[_File], reader: DocumentReader | None) -> Start:
    texts: dict[str, str] = {}
    findings: list[DocumentFinding] = []
    for file in files:
        text_field = _TEXT_OF[file.field]
        if getattr(body, text_field):
            problem = f"send either the file or the text in '{_REQUEST}', not both"
            raise wrong(file.field, problem)
        if reader is None:
            raise UnsupportedRequest(
                f"The document '{file.field}' cannot be read: this server does not read files. Paste the text.",
                detail={"fields": {file.field: "files are not supported here"}},
            )
        document = await reader.read(file.data, name=file.name, field=file.field)
        texts[text_field] = document.text
        findings += [DocumentFinding(file.field, hidden) for hidden in document.hidden]
    return Start(body.model_copy(update=texts), tuple(findings))


async def _parts(form: FormData) -> tuple[StartBody, list[_File]]:
    body: StartBody | None = None
    files: dict[str, _File] = {}
    for name, value in form.multi_items():
        if name in files or (name == _REQUEST and body is not None):
            raise wrong(name, "is given twice")
        if name == _REQUEST:
            raw = await value.read() if isinstance(value, UploadFile) else value.encode("utf-8", "surrogateescape")
            body = validated(StartBody, raw)
        elif name in _TEXT_OF:
            files[name] = await _file(name, value)
        else:
            raise wrong(
                name, f"is not a part of a start request; the parts are '{_REQUEST}', 'resume', 'role_description'"
            )
    return body or StartBody.model_validate({}), list(files.values())


async def _file(field: DocumentField, value: UploadFile | str) -> _File:
    if not isinstance(value, UploadFile):
        raise InvalidInput(
            f"'{field}' must be a file; send text as '{_TEXT_OF[field]}' in '{_REQUEST}'.",
            detail={"fields": {field: "must be a file"}},
        )
    return _File(field, (value.filename or "")[:200], await value.read())
