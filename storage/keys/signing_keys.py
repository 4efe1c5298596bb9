"""The keys that sign candidates' tokens: from the environment, else one private file of the data directory."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from interview.errors import ConfigError
from storage.private_directory import make_private

#: Comma-separated secrets. The first one signs and all of them verify, so that a key can be replaced without a break.
VARIABLE = "INTERVIEW_TOKEN_KEYS"

_AT_LEAST_CHARS = 32  # as many bytes as the digest of HMAC-SHA-256 has (RFC 7518, section 3.2)


class SigningKey(Struct, frozen=True):
    """``key_id`` names the key in a token's header and is no secret."""

    key_id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id!r}, …)"


def signing_keys(data: Path) -> tuple[SigningKey, ...]:
    """The keys of this installation, the signing one first.

    Every ingress of a cluster needs the same keys: set ``INTERVIEW_TOKEN_KEYS`` unless they share ``data``.

    Raises:

        ConfigError: a key in the environment or in the file is shorter than 32 characters.
        OSError: the file cannot be read or written.
    """
    texts = keys_in_environment()
    if not texts:
        path = data / "token-key"
        texts = [_kept(path)]
        _require_long(texts, str(path))
    return tuple(_key(text) for text in texts)


def keys_in_environment() -> list[str]:
    """The keys of ``INTERVIEW_TOKEN_KEYS``, the signing one first. Raises ConfigError: one is too short."""
    given = [part.strip() for part in os.environ.get(VARIABLE, "").split(",") if part.strip()]
    _require_long(given, VARIABLE)
    return given


def _require_long(texts: list[str], source: str) -> None:
    if any(len(text) < _AT_LEAST_CHARS for text in texts):
        raise ConfigError(f"{source}: a signing key needs at least {_AT_LEAST_CHARS} characters.")


def _key(text: str) -> SigningKey:
    secret = text.encode()
    return SigningKey(hashlib.sha256(b"key id:" + secret).hexdigest()[:8], secret)


def _kept(path: Path) -> str:
    """The key in ``path``, created once however many processes ask for it at the same time."""
    if not path.exists():
        make_private(path.parent)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process made it first; its key counts
                path.hardlink_to(draft)
        finally:
            draft.unlink()
    return path.read_text().strip()
