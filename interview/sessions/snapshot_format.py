"""The format of a session's snapshot: which fields this release's state has.

A release that writes a snapshot drops the fields that it does not know. So only a release with exactly its fields
trusts a snapshot; any other folds the log, which keeps everything.
"""

from __future__ import annotations

import hashlib

import msgspec

from interview.sessions.session import SessionState

#: 16 hexadecimal digits that change with every field, type or default of the state, however deep.
SNAPSHOT_FORMAT = hashlib.sha256(msgspec.json.encode(msgspec.json.schema(SessionState), order="sorted")).hexdigest()[
    :16
]
