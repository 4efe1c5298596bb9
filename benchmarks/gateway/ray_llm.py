"""``PYTHON benchmarks/gateway/ray_llm.py --port N --upstream URL``: the ingress of ``ray.serve.llm`` in front of the
fake server.

Runs in an environment with ``ray[serve,llm]`` and vLLM, whose request types the ingress needs at import
(``make test-models`` makes one with vLLM's CPU build); this module imports nothing of this repository. The engine
forwards each request to the fake server, as this platform's remote engine does, and never starts vLLM.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from collections.abc import AsyncIterator
from typing import Any

#: The model of ``benchmarks.gateway.backend``.
MODEL = "fake-model"


def application(upstream: str) -> Any:
    """The Serve application that ``build_openai_app`` makes, with an engine that asks ``upstream``."""
    import aiohttp

    # Only an environment with vLLM can import these.
    llm: Any = importlib.import_module("ray.serve.llm")
    types: Any = importlib.import_module("ray.llm._internal.serve.core.configs.openai_api_models")

    class Forwarding:
        """The part of ray.llm's ``LLMEngine`` that a chat completion needs."""

        def __init__(self, llm_config: Any) -> None:
            self._config = llm_config
            self._http: aiohttp.ClientSession | None = None

        async def start(self) -> None:
            self._http = aiohttp.ClientSession(upstream, connector=aiohttp.TCPConnector(limit=0))

        async def check_health(self) -> None:
            return None

        def routing_stats(self) -> dict[str, Any]:
            return {}

        async def chat(self, request: Any, raw_request_info: Any = None) -> AsyncIterator[Any]:
            assert self._http is not None
            body = request.model_dump_json(exclude_unset=True)
            headers = {"Content-Type": "application/json"}
            async with self._http.post("/v1/chat/completions", data=body, headers=headers) as reply:
                yield types.ChatCompletionResponse.model_validate_json(await reply.read())

    class Server(llm.LLMServer):  # type: ignore[misc]
        async def __init__(self, llm_config: Any, **others: Any) -> None:  # type: ignore[misc]
            await super().__init__(llm_config, engine_cls=Forwarding, **others)

        @classmethod
        def get_deployment_options(cls, llm_config: Any) -> dict[str, Any]:
            return dict(llm_config.deployment_config)  # no placement group: there are no engine workers

    config = llm.LLMConfig(
        model_loading_config={"model_id": MODEL, "model_source": MODEL},
        deployment_config={"num_replicas": 1, "max_ongoing_requests": 1024, "ray_actor_options": {"num_cpus": 1}},
        server_cls=Server,
        log_engine_metrics=False,
    )
    ingress = {"num_replicas": 1, "max_ongoing_requests": 1024, "autoscaling_config": None}
    return llm.build_openai_app({"llm_configs": [config], "ingress_deployment_config": ingress})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    given = parser.parse_args()
    os.environ.setdefault("RAY_SERVE_LLM_TELEMETRY", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    from ray import serve

    ray.init(num_cpus=8, include_dashboard=False, log_to_driver=True)
    serve.start(http_options={"host": "127.0.0.1", "port": given.port})
    serve.run(application(given.upstream), name="llm", route_prefix="/")
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
