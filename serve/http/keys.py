"""``/keys``: create, list and revoke the API keys of one's own tenant."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response
from msgspec import Struct
from pydantic import Field

from interview.errors import Forbidden, NotFound
from serve.http import openapi
from serve.http.auth import KEYS, Authenticator, Principal
from serve.http.ports import IngressPorts
from serve.http.request_bodies import Body, read_json
from storage.audit.keys import AuditedApiKeys
from storage.keys.port import SCOPES, ApiKey, ApiKeys

_NO_SUCH_KEY = "There is no such API key."
_MAX_DAYS = 3650
#: A person may leave, and the identity provider cannot revoke the keys that they made.
PERSONS_KEY_DAYS = 90
#: Text without control characters that begins and ends with a visible one.
_ONE_LINE = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"

KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$", description="As the list of keys names it.")]


class KeyBody(Body):
    label: str = Field(
        min_length=1,
        max_length=200,
        pattern=_ONE_LINE,
        description="Names the key: the author of its overrides, marked as a key.",
    )
    scopes: list[str] = Field(
        min_length=1, max_length=len(SCOPES), description=f"Of {', '.join(sorted(SCOPES))}; at most the caller's own."
    )
    expires_in_days: Annotated[float, Field(gt=0, le=_MAX_DAYS, strict=False, allow_inf_nan=False)] | None = Field(
        None,
        description="None: it lasts as long as it may: until its maker's key ends, and "
        f"{PERSONS_KEY_DAYS} days for a person's. The reply says when it ends.",
    )


class KeyRow(Struct, frozen=True):
    """A key without its secret. Times are UTC."""

    key_id: str
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyRow":
        return cls(key.key_id, key.label, sorted(key.scopes), key.created_at, key.expires_at, key.revoked_at)


class KeyList(Struct, frozen=True):
    """The tenant's keys, including expired and revoked ones, oldest first."""

    keys: list[KeyRow]


class CreatedKeyReply(Struct, frozen=True):
    """A new key. ``secret`` is what a client sends; this reply alone has it."""

    key: KeyRow
    secret: str


def keys_router(ports: IngressPorts, auth: Authenticator) -> APIRouter:
    router = APIRouter(prefix="/keys", tags=["keys"])
    Admin = Annotated[Principal, Depends(auth.require(KEYS))]  # noqa: N806 (a type)

    def audited(caller: Principal) -> ApiKeys:
        if ports.key_admin is None:
            raise NotFound("Keys are not managed over HTTP here.")
        return AuditedApiKeys(ports.key_admin, ports.audit, actor=caller.key_id)

    @router.get("", summary="List the keys", **openapi.operation(reply="KeyList", also=(404,)))
    async def list_keys(caller: Admin) -> Response:
        found = await audited(caller).list(caller.tenant)
        listed = KeyList([KeyRow.of(key) for key in found])
        return Response(msgspec.json.encode(listed), media_type="application/json")

    @router.post(
        "",
        summary="Create a key",
        description="For the caller's tenant, with at most the caller's scopes. The reply alone holds the secret.",
        **openapi.operation(reply="CreatedKeyReply", json=KeyBody, also=(404,)),
    )
    async def create(request: Request, caller: Admin) -> Response:
        admin = audited(caller)
        body = await read_json(request, KeyBody)
        beyond = sorted((frozenset(body.scopes) & SCOPES) - caller.scopes)
        if beyond:
            raise Forbidden(
                f"A key cannot have scopes that its maker lacks: {', '.join(beyond)}.", detail={"scope": beyond[0]}
            )
        now = datetime.now(UTC)
        made = await admin.create(
            tenant=caller.tenant,
            scopes=frozenset(body.scopes),
            label=body.label,
            expires_in=_lifetime(body.expires_in_days, caller, now),
        )
        reply = CreatedKeyReply(KeyRow.of(made.key), made.secret)
        return Response(msgspec.json.encode(reply), media_type="application/json")

    @router.delete(
        "/{key_id}",
        summary="Revoke a key",
        description="It stops working within a second. Idempotent.",
        **openapi.operation(also=(404,), status=204),
    )
    async def revoke(key_id: KeyId, caller: Admin) -> Response:
        admin = audited(caller)
        if key_id not in {key.key_id for key in await admin.list(caller.tenant)}:
            raise NotFound(_NO_SUCH_KEY)
        await admin.revoke(key_id)
        return Response(status_code=204)

    return router


def _lifetime(days: float | None, caller: Principal, now: datetime) -> timedelta | None:
    """The lifetime of a key that ``caller`` makes; None: it lasts until it is revoked."""
    limits = [] if days is None else [timedelta(days=days)]
    if caller.is_person:
        limits.append(timedelta(days=PERSONS_KEY_DAYS))
    if caller.expires_at is not None:
        limits.append(caller.expires_at - now)
    return min(limits, default=None)
