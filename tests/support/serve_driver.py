"""``python -m tests.support.serve_driver ADDRESS deploy CONFIG.json | ready``: a short-lived driver of a cluster.

``deploy`` applies a Serve configuration as ``serve deploy`` does, without Ray's dashboard, and returns once every
replica is of the new version. ``ready`` returns once the applications run.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import ray
from ray import serve as ray_serve
from ray.serve.schema import ApplicationStatus, ServeDeploySchema

WITHIN_S = 240


def main() -> None:
    address, action, *rest = sys.argv[1:]
    ray.init(address=address, log_to_driver=False)
    if action == "deploy":
        config = ServeDeploySchema.model_validate(json.loads(Path(rest[0]).read_text()))
        options = config.http_options
        client = ray_serve._private.api._get_global_client(raise_if_no_controller_running=False)
        if client is None:
            ray_serve.start(
                proxy_location=config.proxy_location, http_options={"host": options.host, "port": options.port}
            )
            client = ray_serve._private.api._get_global_client()
        ray.get(client._controller.apply_config.remote(config))
        time.sleep(1)  # the controller's loop has seen the new target
    _wait_until_running()
    ray.shutdown()


def _wait_until_running() -> None:
    give_up = time.monotonic() + WITHIN_S
    while True:
        applications = ray_serve.status().applications
        if applications and all(one.status == ApplicationStatus.RUNNING for one in applications.values()):
            return
        if time.monotonic() > give_up:
            raise TimeoutError(f"after {WITHIN_S} s: {applications}")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
