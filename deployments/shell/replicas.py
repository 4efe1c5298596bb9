"""Replicas, queues and health checks of a tier: one configuration section and its mapping to Ray Serve's options."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

#: Options of ``ray.serve.deployment`` that ``serve_options`` may set; the section's own fields set the others.
SERVE_OPTIONS = frozenset(
    {
        "backpressure_config",
        "max_replicas_per_node",
        "max_surge_percent",
        "placement_group_bundles",
        "placement_group_bundle_label_selector",
        "placement_group_strategy",
        "request_router_config",
        "rolling_update_percentage",
    }
)

#: Options of ``ray_actor_options`` that ``serve_options`` may set.
_ACTOR_OPTIONS = frozenset({"accelerator_type", "label_selector", "memory", "resources"})


def checked_serve_options(options: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError for an option that is not passed on to Ray Serve."""
    unknown = options.keys() - SERVE_OPTIONS - _ACTOR_OPTIONS
    if unknown:
        known = ", ".join(sorted(SERVE_OPTIONS | _ACTOR_OPTIONS))
        raise ValueError(f"serve_options has no {sorted(unknown)[0]!r}: one of {known}")
    return options


def with_serve_options(options: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
    """``options`` of ``ray.serve.deployment`` with ``serve_options`` over them."""
    actor = {**options.get("ray_actor_options", {}), **{name: chosen[name] for name in chosen.keys() & _ACTOR_OPTIONS}}
    return {
        **options,
        **{name: value for name, value in chosen.items() if name in SERVE_OPTIONS},
        **({"ray_actor_options": actor} if actor else {}),
    }


class ReplicaConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``replicas`` of a tier; each tier overrides the defaults to fit its work.

    - ``min_replicas``, ``max_replicas``: bounds of autoscaling; equal values disable it.
    - ``target_ongoing_requests``: requests in flight per replica that the autoscaler aims at. Ray Serve's own default
      is 2, and ``ray.serve.llm`` sets 1e9, which never scales up.
    - ``upscale_delay_s``, ``downscale_delay_s``: how long demand must last before the number of replicas follows it.
    - ``max_ongoing_requests``: concurrent requests of one replica (Ray Serve's default of 5 starves an async tier).
    - ``max_queued_requests``: waiting requests of one caller before the next is rejected with 429.
    - ``num_cpus``, ``num_gpus``: reserved by one replica, in CPUs and (fractions of) GPUs.
    - ``health_check_period_s``, ``health_check_timeout_s``, ``graceful_shutdown_timeout_s``: as in Ray Serve.
    - ``serve_options``: further options of ``ray.serve.deployment`` and of ``ray_actor_options``, passed on unchanged,
      such as ``max_surge_percent: 100`` (start the new replica before the old one stops; needs room for both),
      ``max_replicas_per_node``, ``label_selector`` or ``request_router_config``.
    """

    min_replicas: int = 1
    max_replicas: int = 1
    target_ongoing_requests: float = 16.0
    upscale_delay_s: float = 10.0
    downscale_delay_s: float = 300.0
    max_ongoing_requests: int = 64
    max_queued_requests: int = 256
    num_cpus: float = 0.5
    num_gpus: float = 0.0
    health_check_period_s: float = 10.0
    health_check_timeout_s: float = 30.0
    graceful_shutdown_timeout_s: float = 20.0
    serve_options: dict[str, Any] = {}

    def __post_init__(self) -> None:
        checked_serve_options(self.serve_options)
        if not 1 <= self.min_replicas <= self.max_replicas:
            raise ValueError("replicas need 1 <= min_replicas <= max_replicas")

    def scaling_options(self, policy: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ray Serve's options for the number of replicas and their queues.

        ``policy`` replaces scaling by requests in flight (Ray Serve's ``autoscaling_config.policy``).
        """
        options: dict[str, Any] = {
            "max_ongoing_requests": self.max_ongoing_requests,
            "max_queued_requests": self.max_queued_requests,
            "health_check_period_s": self.health_check_period_s,
            "health_check_timeout_s": self.health_check_timeout_s,
            "graceful_shutdown_timeout_s": self.graceful_shutdown_timeout_s,
        }
        if self.min_replicas == self.max_replicas:
            options["num_replicas"] = self.min_replicas
            return options
        options["autoscaling_config"] = {
            "min_replicas": self.min_replicas,
            "max_replicas": self.max_replicas,
            "upscale_delay_s": self.upscale_delay_s,
            "downscale_delay_s": self.downscale_delay_s,
            **({"policy": policy} if policy is not None else {"target_ongoing_requests": self.target_ongoing_requests}),
        }
        return options

    def deployment_options(self, name: str, policy: dict[str, Any] | None = None) -> dict[str, Any]:
        """The keyword arguments of ``ray.serve.deployment`` for a tier called ``name``."""
        options = {
            "name": name,
            "ray_actor_options": {"num_cpus": self.num_cpus, "num_gpus": self.num_gpus},
            **self.scaling_options(policy),
        }
        return with_serve_options(options, self.serve_options)
