"""Configuration of webhooks: section ``webhooks`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

EventType = Literal["session.concluded", "report.ready", "review.needed"]

ALL_EVENTS: tuple[EventType, ...] = ("session.concluded", "report.ready", "review.needed")

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}\Z")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}\Z")


class EndpointSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One endpoint of one tenant.

    ``secret_env`` names the environment variable with the signing secret (``whsec_`` and base64 of 24 to 64 bytes);
    during a change it holds two, separated by a space, and both sign.
    """

    url: str
    tenant: str
    secret_env: str
    events: tuple[EventType, ...] = ALL_EVENTS

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("a webhook's url must be an http or https address without user and fragment")
        if not self.tenant or not _VARIABLE.match(self.secret_env):
            raise ValueError("a webhook needs a tenant and the name of an environment variable in secret_env")


class WebhookSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """``endpoints`` by name. Messages go to public addresses over https alone, and to ``allowed_networks`` (CIDR),
    which may be private and may use http. ``timeout_s`` bounds one delivery, ``max_attempts`` the tries (one to two
    days by default)."""

    endpoints: dict[str, EndpointSettings] = {}
    allowed_networks: tuple[str, ...] = ()
    timeout_s: float = 10.0
    max_attempts: int = 20

    def __post_init__(self) -> None:
        if not all(map(_NAME.match, self.endpoints)):
            raise ValueError("a webhook's name is 1 to 32 of a-z 0-9 -")
        for network in self.allowed_networks:
            ipaddress.ip_network(network)
        if not 0 < self.timeout_s <= 60 or self.max_attempts < 1:
            raise ValueError("webhooks need 0 < timeout_s <= 60 and at least one attempt")
