"""Input limits shared by HTTP, tools, files and RPC."""

from __future__ import annotations

#: An answer. A very long one has a few thousand characters.
MAX_ANSWER_CHARS = 20_000

#: A résumé or a role description. A long résumé has about ten thousand characters.
MAX_DOCUMENT_CHARS = 200_000

#: A candidate's name or reference.
MAX_NAME_CHARS = 500

#: An ``Idempotency-Key``.
MAX_KEY_CHARS = 255
