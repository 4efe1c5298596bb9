"""Configuration of draft plans: section ``drafting`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from msgspec import Struct

from interview.drafts.assembly import DEFAULT_MINUTES


class DraftingConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How drafts are made.

    - ``minutes``: the length of a plan unless the request names one.
    - ``stories``: ids of questions about past work that fit every role; ids that no installed plan has are left out.
    - ``drafts_per_tenant``: stored drafts and approved plans of one tenant; beyond: 409.
    - ``written_at_most``: questions that the language model, where there is one, writes for a draft; ``writing_s``: in
      at most so many seconds.
    - ``job_pages``: whether a role description may be fetched by its URL, from public addresses only (extra ``pages``);
      ``page_bytes`` and ``page_s`` bound one page with its redirects.
    """

    minutes: int = DEFAULT_MINUTES
    stories: tuple[str, ...] = ("be-help-colleague", "be-deadline", "da-priorities")
    drafts_per_tenant: int = 200
    written_at_most: int = 6
    writing_s: float = 90.0
    job_pages: bool = False
    page_bytes: int = 2 * 1024 * 1024
    page_s: float = 10.0
