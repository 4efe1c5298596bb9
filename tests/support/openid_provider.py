"""A small OpenID provider on loopback: a discovery document, a key set that rotates, signed tokens."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

AUDIENCE = "interview"

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class OpenIdProvider:
    """``keys`` are served, the newest last, in a set with ``more_members``; ``served`` counts the requests of each
    path; ``down`` refuses them."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.keys: dict[str, SigningKey] = {"rsa-1": rsa.generate_private_key(65537, 2048)}
        self.served: list[str] = []
        self.down = False
        self.discovered_issuer = address
        self.more_keys: list[dict[str, Any]] = []
        self.key_address = f"{address}/keys"
        self.more_members: dict[str, Any] = {}

    def token(
        self,
        *,
        key: Any = None,
        key_id: str | None = "rsa-1",
        algorithm: str | None = "RS256",
        headers: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """A token of a reviewer; a claim given as None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "u-1",
            "name": "Grace Hopper",
            "tenant": "acme",
            "roles": ["reviewer"],
            "iat": now,
            "exp": now + 600,
            **changes,
        }
        signing = self.keys[key_id or "rsa-1"] if key is None else key
        head = {**({"kid": key_id} if key_id else {}), **(headers or {})}
        made = {name: value for name, value in claims.items() if value is not None}
        # PyJWT refuses to encode some of the wrong claims that the tests need; its signature layer does not look
        return jwt.PyJWS().encode(json.dumps(made).encode(), signing, algorithm=algorithm, headers=head)

    def add_ec(self, key_id: str) -> None:
        self.keys[key_id] = ec.generate_private_key(ec.SECP256R1())

    def key_set(self) -> dict[str, Any]:
        found = list(self.more_keys)
        for key_id, key in self.keys.items():
            kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
            found.append({**kind.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig"})
        return {"keys": found, **self.more_members}

    def answer(self, path: str) -> dict[str, Any] | None:
        self.served.append(path)
        if self.down:
            return None
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.discovered_issuer, "jwks_uri": self.key_address}
        return self.key_set() if path.endswith(("/keys", "/protocol/openid-connect/certs")) else None


@contextmanager
def openid_provider() -> Iterator[OpenIdProvider]:
    provider: OpenIdProvider

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = provider.answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(200 if found is not None else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = OpenIdProvider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
