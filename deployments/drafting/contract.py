"""The contract of draft plans: a role description in, a draft out. Nothing is stored."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from interview.drafts.draft import PlanDraft


class DraftRequest(Struct, frozen=True):
    """``role`` and ``resume`` are texts of strangers. ``minutes`` None: the configured length."""

    role: str
    resume: str = ""
    minutes: int | None = None
    tenant: str = ""


class PlanDrafting(Protocol):
    async def draft(self, request: DraftRequest) -> PlanDraft:
        """A checked draft, made off the event loop.

        Raises:

            InvalidInput: the description is empty or names nothing that could be asked, or the minutes are out of
                range.
            ModelMissing, ModelCorrupt, EngineFailed: the encoder.
        """
        ...


class RolePages(Protocol):
    async def text(self, url: str) -> str:
        """The main text of a public job page.

        Raises:

            InvalidInput: job pages are off, or the URL is not https, not public, or no page.
            DocumentTooLarge, DocumentRejected, UnsupportedRequest: the page cannot be read.
            EngineUnavailable: its host does not answer.
        """
        ...
