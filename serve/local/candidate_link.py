"""Candidates' links on this machine: made and revoked over the stores of a data directory."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path

from interview.errors import SessionEnded
from interview.sessions.invitation import GrantedTime, Invitation, PreparedStart
from serve.local.local_key import LOCAL_TENANT
from serve.serve_file import ServeFile, plans_dir
from storage.audit.port import COMMAND_LINE, AuditEntry
from storage.sessions.port import SessionKey

#: The plan that ``interview up`` offers to try; another installed one if it is absent.
_TRIED_PLAN = "backend-engineer"


def browsable(address: str) -> str:
    """``address`` as a browser on this machine opens it: an address that stands for every interface is none."""
    return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//:::", "//127.0.0.1:")


def trial_link(config: ServeFile, data: Path, address: str) -> str:
    """A candidate's link to a new interview, for the person who started the platform. It is a secret."""
    from interview.plans.files import load_plans

    plans = load_plans(plans_dir())
    plan = _TRIED_PLAN if _TRIED_PLAN in plans else min(plans)
    key = SessionKey(LOCAL_TENANT, f"try-{secrets.token_hex(4)}")
    token = asyncio.run(new_link(config, data, key, PreparedStart(plan=plan)))
    return f"{browsable(address)}/room#{token}"


async def new_link(
    config: ServeFile,
    data: Path,
    key: SessionKey,
    start: PreparedStart | None,
    *,
    expires_in: timedelta | None = None,
    extra_time: GrantedTime | None = None,
) -> str:
    """The token of a new link to the interview; the earlier link stops working. ``extra_time`` is audited first.

    Raises:

        InvalidInput: nothing is prepared for the interview and ``start`` is None.
        SessionEnded: an erased interview had this id.
    """
    from serve.composition.local_stores import open_stores
    from serve.http.identity.candidate_tokens import CandidateTokens
    from serve.settings import read_settings
    from storage.archive.transfer import load_state
    from storage.invitations.redis import RedisInvitations
    from storage.keys.signing_keys import signing_keys

    settings = read_settings(config.arguments, config.document)
    async with open_stores(settings.storage, data) as stores:
        invitations = RedisInvitations(stores.redis_url)
        tokens = CandidateTokens(signing_keys(data), invitations, settings.http.candidates)
        try:
            state = await load_state(stores.sessions, stores.archive, key)
            if state is None and await stores.archive.used(key):
                raise SessionEnded("An interview had this id before, and was erased. Choose another id.")
            if extra_time is not None:
                detail = {"extra_s": extra_time.extra_s, "author": extra_time.author}
                entry = AuditEntry(key.tenant, COMMAND_LINE, "time.granted", subject=key.interview_id, detail=detail)
                await stores.audit.record(entry)
            issued = await tokens.invite(
                key, state, start, created_by="interview link", expires_in=expires_in, extra_time=extra_time
            )
            return issued.secret
        finally:
            await invitations.close()


async def waiting(config: ServeFile, data: Path, tenant: str) -> list[Invitation]:
    """The tenant's invitations whose interview has not started, newest first. The read is audited."""
    from serve.composition.local_stores import open_stores
    from serve.http.identity.candidate_tokens import CandidateTokens
    from serve.http.interviews.invitations import open_invitations
    from serve.settings import read_settings
    from storage.invitations.redis import RedisInvitations
    from storage.keys.signing_keys import signing_keys

    settings = read_settings(config.arguments, config.document)
    async with open_stores(settings.storage, data) as stores:
        invitations = RedisInvitations(stores.redis_url)
        try:
            tokens = CandidateTokens(signing_keys(data), invitations, settings.http.candidates)
            found = await open_invitations(tokens, stores.archive, tenant)
            await stores.audit.record(AuditEntry(tenant, COMMAND_LINE, "invitations.listed"))
            return found
        finally:
            await invitations.close()


async def revoke_link(config: ServeFile, data: Path, key: SessionKey) -> None:
    """Void the interview's link. Idempotent."""
    from serve.composition.local_stores import open_stores
    from serve.http.identity.candidate_tokens import CandidateTokens
    from serve.settings import read_settings
    from storage.invitations.redis import RedisInvitations
    from storage.keys.signing_keys import signing_keys

    settings = read_settings(config.arguments, config.document)
    async with open_stores(settings.storage, data) as stores:
        invitations = RedisInvitations(stores.redis_url)
        try:
            await CandidateTokens(signing_keys(data), invitations, settings.http.candidates).revoke(key)
        finally:
            await invitations.close()
