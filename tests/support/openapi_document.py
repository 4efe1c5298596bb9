"""The OpenAPI document of the whole API. ``python -m tests.support.openapi_document`` prints it."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI

from serve.http.app import create_app
from serve.http.auth import INFERENCE, Authenticator
from serve.http.openai.routes import openai_router
from tests.support.http_ports import StubKeys, stub_ports


def whole_application() -> FastAPI:
    """Every route of the ingress, over stubs."""
    inference = openai_router(None, None, None, Authenticator(StubKeys()).require(INFERENCE))
    return create_app(stub_ports(routers=(inference,)))


def document() -> dict[str, Any]:
    """The document without the release's version, which would change it at every release."""
    described = whole_application().openapi()
    return {**described, "info": {**described["info"], "version": "0"}}


def printed() -> str:
    """The document as text, the same for the same API."""
    return msgspec.json.format(msgspec.json.encode(document(), order="sorted"), indent=2).decode() + "\n"


if __name__ == "__main__":
    print(printed(), end="")
