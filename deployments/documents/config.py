"""Configuration of document reading: section ``documents`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from msgspec import Struct

from deployments.shell.sandbox import SandboxLimits
from interview.limits import MAX_DOCUMENT_CHARS


class DocumentsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of one document, and of the process that reads it.

    - ``max_bytes``: of the file; ``max_expanded_bytes``: of a DOCX's unpacked parts together.
    - ``max_pages``: of a PDF; each is rendered at least twice.
    - ``max_chars``: of visible text.
    - ``max_waiting``: documents being read or queued in one process of the platform; beyond: 429.
    """

    max_bytes: int = 10 * 1024 * 1024
    max_expanded_bytes: int = 48 * 1024 * 1024
    max_pages: int = 30
    max_chars: int = MAX_DOCUMENT_CHARS
    max_waiting: int = 16
    sandbox: SandboxLimits = SandboxLimits(cpu_s=10.0, wall_s=15.0, memory_bytes=512 * 1024 * 1024)
