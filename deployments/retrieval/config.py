"""Configuration of search by meaning: section ``retrieval`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from msgspec import Struct


class RetrievalConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Search by meaning in one process.

    - ``embeddings``: the encoder, a name from ``interview models list`` or a directory; None searches by words.
    - ``remembered_bytes``: of token vectors in memory, about 40 KB a passage; the least recently used are dropped.
    """

    embeddings: str | None = "minilm-l6-v2-int8"
    remembered_bytes: int = 64 * 1024 * 1024
