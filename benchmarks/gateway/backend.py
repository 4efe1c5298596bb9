"""``python -m benchmarks.gateway.backend --port N``: a fake OpenAI server that answers after half a millisecond.

It does as little as HTTP allows, so that it costs the same small part of a request behind every gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import json

import uvicorn
from starlette.types import Receive, Scope, Send

MODEL = "fake-model"
DELAY_S = 0.0005

_USAGE = {"prompt_tokens": 20, "completion_tokens": 30, "total_tokens": 50}
_TEXT = "I would measure first, then change one thing and measure again. " * 2
_MESSAGE = {"role": "assistant", "content": _TEXT, "refusal": None}
_HEAD = {"id": "chatcmpl-1", "created": 1_760_000_000, "model": MODEL}
COMPLETION = json.dumps(
    {
        **_HEAD,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": _MESSAGE, "logprobs": None, "finish_reason": "stop"}],
        "usage": _USAGE,
    }
).encode()
MODELS = json.dumps(
    {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1_760_000_000, "owned_by": "benchmark"}]}
).encode()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        return
    body = MODELS
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            continue
        await asyncio.sleep(DELAY_S)
        body = COMPLETION
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway.backend", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    uvicorn.run(application, port=given.port, access_log=False, log_level="warning", loop="uvloop", http="httptools")


if __name__ == "__main__":
    main()
