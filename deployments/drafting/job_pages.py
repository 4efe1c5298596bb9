"""The text of a job page by its URL: fetched behind the guard, read in the sandbox."""

from __future__ import annotations

from deployments.documents.service import DocumentService
from deployments.drafting.config import DraftingConfig
from deployments.drafting.engines.page_fetch import PageFetcher
from interview.errors import InvalidInput

FIELD = "role_url"


class JobPages:
    """``RolePages``; refuses every URL unless the configuration allows them."""

    def __init__(self, documents: DocumentService, config: DraftingConfig, fetcher: PageFetcher | None = None) -> None:
        self._documents = documents
        self._is_allowed = config.job_pages
        self._fetcher = fetcher or PageFetcher(max_bytes=config.page_bytes, max_s=config.page_s)

    async def text(self, url: str) -> str:
        """See ``RolePages.text``."""
        if not self._is_allowed:
            raise InvalidInput(
                "Job pages are not fetched here. Send the text of the role, or set drafting.job_pages in the profile.",
                detail={"fields": {FIELD: "is not allowed here"}},
            )
        return (await self._documents.read_page(await self._fetcher.fetch(url), field=FIELD)).text
