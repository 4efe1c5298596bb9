"""Request bodies: their models, and the parsing of answers from multipart or JSON."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from interview.errors import AudioTooLarge, EmptyAudio, InvalidInput
from interview.limits import MAX_ANSWER_CHARS, MAX_DOCUMENT_CHARS
from interview.plans.request_caps import oversize
from interview.sessions.ids import reference_problem
from interview.sessions.invitation import PreparedStart
from interview.yaml.source import field_name
from serve.http.multipart import multipart_form
from serve.http.problems import invalid_fields
from serve.http.settings import HttpSettings

Model = TypeVar("Model", bound=BaseModel)

Plain = TypeVar("Plain")

Scalar = Annotated[str, Field(max_length=500)] | bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | float | None

#: Integrity observations of the client: a few flat values, recorded and never scored.
Signals = Annotated[dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], Scalar], Field(max_length=32)]


#: Text without control characters that begins and ends with a visible one; or empty.
_ONE_LINE = r"^$|^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"


class Body(BaseModel):
    """Base of the request bodies: unknown fields are errors, because a misspelt one would be silently lost."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class CandidateBody(Body):
    name: str = Field("", max_length=200, description="How the interviewer addresses the candidate; may be empty.")
    reference: str = Field("", max_length=200, description="Your own id for the candidate; may be empty.")

    @field_validator("reference")
    @classmethod
    def _reference_is_visible(cls, reference: str) -> str:
        problem = reference_problem(reference)
        if problem:
            raise ValueError(problem)
        return reference


def bounded_plan(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan as plain data. Raises ValueError: a part is larger than its cap."""
    sent = encodable(plan)
    for path, problem in oversize(sent):
        raise ValueError(f"{field_name(path)} {problem}" if path else problem)
    return sent


class PreparedBody(Body):
    """Selects the plan by ``plan`` (id of an installed plan, or a whole plan) or by ``role_description``."""

    plan: str | dict[str, Any] | None = Field(None, description="Id of an installed plan, or a whole plan.")
    role_description: str = Field("", max_length=MAX_DOCUMENT_CHARS, description="Used to choose the nearest plan.")
    resume_content: str = Field("", max_length=MAX_DOCUMENT_CHARS, description="The résumé as text.")
    candidate: CandidateBody = CandidateBody(name="", reference="")
    language: str | None = Field(None, pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="ISO 639-1; default: the plan's.")
    voice: bool = Field(True, description="Whether replies come with audio.")

    @field_validator("plan")
    @classmethod
    def _plan_is_plain_data(cls, plan: str | dict[str, Any] | None) -> str | dict[str, Any] | None:
        if isinstance(plan, str) and not 0 < len(plan) <= 200:
            raise ValueError("must be 1 to 200 characters")
        return bounded_plan(plan) if isinstance(plan, dict) else encodable(plan)

    def prepared(self) -> PreparedStart:
        return PreparedStart(
            plan=self.plan,
            role_description=self.role_description,
            resume_content=self.resume_content,
            candidate_name=self.candidate.name,
            candidate_reference=self.candidate.reference,
            language=self.language,
            voice=self.voice,
        )


class StartBody(PreparedBody):
    consent: bool = Field(False, description="Whether the candidate saw and accepted the plan's notice.")


class NamesQuestion(Body):
    """The question that an answer, hint or pause is for; each field that is sent is compared with the current one."""

    question_id: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="The question that this is for: 409 `question-not-current` if another one is current by now.",
    )
    turn_number: int | None = Field(
        None,
        ge=0,
        le=2**53,
        description="`turn_number` of the last reply that the candidate saw: the same 409 if the interview has gone "
        "on, also to a follow-up of the same question.",
    )


class AnswerBody(NamesQuestion):
    answer: str = Field(max_length=MAX_ANSWER_CHARS, min_length=1, description="The candidate's words.")
    voice: bool = True
    stream_audio: bool = Field(False, description="With `text/event-stream`: also send the reply's audio in parts.")
    signals: Signals = {}

    @field_validator("answer")
    @classmethod
    def _says_something(cls, answer: str) -> str:
        if not answer.strip():
            raise ValueError("must not be empty")
        return answer


class HintBody(NamesQuestion):
    voice: bool = True


class PauseBody(NamesQuestion):
    """The question that the candidate sees; both fields may be left out."""


class ResumeBody(Body):
    voice: bool = True


class SignalBody(Body):
    signal: str = Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$", description="The observation, such as `tab_hidden`.")
    data: Signals = {}


class ExtraTimeBody(Body):
    minutes: float = Field(
        ge=1, le=240, strict=False, allow_inf_nan=False, description="Added to the time that is left."
    )
    reason: str = Field(min_length=3, max_length=2000, description="Kept in the log; the candidate does not see it.")
    author: str = Field(
        "",
        max_length=200,
        pattern=_ONE_LINE,
        description="The granting person, where a program sends it; required if its key has no label.",
    )


class OverrideBody(Body):
    question_id: str = Field(min_length=1, max_length=200)
    score: float = Field(ge=0, le=1, strict=False, allow_inf_nan=False)
    reason: str = Field(
        min_length=3, max_length=2000, description="The reason; shown in the report next to both grades."
    )
    author: str = Field(
        "",
        max_length=200,
        pattern=_ONE_LINE,
        description="The deciding person, where a program sends the override; required if its key has no label.",
    )
    replaces: int | None = Field(
        None,
        ge=0,
        le=2**53,
        description="`seq` of the grade that the person saw, 0 for none: 409 `conflict` if another one stands by now.",
    )


class Answer(msgspec.Struct, frozen=True):
    """A received answer: ``text``, ``audio``, or both: words that correct the recording's transcript."""

    text: str | None = None
    audio: bytes | None = None
    content_type: str = ""
    voice: bool = True
    stream_audio: bool = False
    signals: dict[str, Any] = {}
    question_id: str | None = None
    turn_number: int | None = None


class AnswerFields(NamesQuestion):
    """The fields of a multipart answer besides ``audio``; forms carry text, so these are coerced."""

    model_config = ConfigDict(extra="forbid", strict=False, hide_input_in_errors=True)

    answer: Annotated[str, Field(min_length=1, max_length=MAX_ANSWER_CHARS)] | None = None
    voice: bool = True
    stream_audio: bool = False
    signals: Signals = {}


async def read_json(request: Request, model: type[Model], *allowed: str, optional: bool = False) -> Model:
    """The JSON body as ``model``. ``allowed`` are the route's media types, if it accepts more than JSON.

    Raises:

        InvalidInput: not JSON, or wrong fields, which it names.
        HTTPException: 415 for another media type.
    """
    raw = await request.body()
    if optional and not raw:
        return model()
    _require_type(request, *(allowed or ("application/json",)))
    return validated(model, raw)


async def read_answer(request: Request, settings: HttpSettings) -> Answer:
    """One answer: multipart with ``audio``, ``answer`` or both, or JSON ``{"answer": …}``.

    Raises:

        InvalidInput, EmptyAudio, AudioTooLarge: the problem, for the candidate or the developer.
        HTTPException: 400 for a broken multipart body, 415 for another media type.
    """
    if media_type(request) == "multipart/form-data":
        async with multipart_form(request, max_files=1, max_fields=7, max_part_size=MAX_ANSWER_CHARS * 4) as form:
            return await _from_form(form, settings)
    _require_type(request, "application/json", "multipart/form-data")
    body = validated(AnswerBody, await request.body())
    return _answer_of(body, text=body.answer)


async def _from_form(form: FormData, settings: HttpSettings) -> Answer:
    upload = form.get("audio")
    texts: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name == "audio":
            continue
        if isinstance(value, UploadFile):
            raise wrong(name, "must be text, not a file")
        if name in texts:
            raise wrong(name, "is given twice")
        texts[name] = value
    if "signals" in texts:
        texts["signals"] = _json_field("signals", texts["signals"])
    try:
        fields = AnswerFields.model_validate(texts)
    except ValidationError as error:
        raise invalid_fields(error.errors()) from None
    if upload is None:
        if fields.answer is None or not fields.answer.strip():
            raise wrong("audio", "send a recording here, or the words in 'answer'")
        return _answer_of(fields, text=fields.answer)
    if fields.answer is not None and not fields.answer.strip():
        raise wrong("answer", "must not be empty")
    if not isinstance(upload, UploadFile):
        raise wrong("audio", "must be a file")
    if len(form.getlist("audio")) > 1:
        raise wrong("audio", "is given twice")
    content_type = (upload.content_type or "application/octet-stream")[:100]
    return _answer_of(fields, text=fields.answer, audio=await _recording(upload, settings), content_type=content_type)


def _answer_of(
    sent: AnswerBody | AnswerFields, *, text: str | None = None, audio: bytes | None = None, content_type: str = ""
) -> Answer:
    return Answer(
        text=text,
        audio=audio,
        content_type=content_type,
        voice=sent.voice,
        stream_audio=sent.stream_audio,
        signals=sent.signals,
        question_id=sent.question_id,
        turn_number=sent.turn_number,
    )


async def _recording(upload: UploadFile, settings: HttpSettings) -> bytes:
    if not upload.size:
        raise EmptyAudio("The recording is empty. Check that your microphone is on, and record the answer again.")
    if upload.size > settings.max_upload_bytes:
        raise AudioTooLarge(
            f"The recording is larger than {settings.max_upload_bytes / 1024 / 1024:g} MB. Record a shorter answer.",
            detail={"max_bytes": settings.max_upload_bytes},
        )
    return await upload.read()


def validated(model: type[Model], raw: bytes) -> Model:
    """Raises InvalidInput: not JSON, or wrong fields, which it names."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise invalid_fields(error.errors()) from None


def _json_field(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise wrong(name, "is not valid JSON") from None


def wrong(field: str, problem: str) -> InvalidInput:
    return InvalidInput(f"Some fields are not valid: '{field[:100]}'.", detail={"fields": {field[:100]: problem}})


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _require_type(request: Request, *allowed: str) -> None:
    if media_type(request) not in allowed:
        raise HTTPException(415, f"Send {' or '.join(allowed)}.", headers={"Accept-Post": ", ".join(allowed)})


def encodable(value: Plain) -> Plain:
    """``value`` if an RPC can carry it: numbers within 64 bits, bounded nesting."""
    try:
        msgspec.msgpack.encode(value)
    except (OverflowError, RecursionError):
        raise ValueError("contains a number or nesting that is too large") from None
    return value
