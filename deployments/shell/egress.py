"""A switch that forbids connections to model hosts beyond this machine, for tests and closed networks.

``INTERVIEW_REMOTE_MODELS=forbidden`` (inherited by Ray's workers) allows only loopback addresses; the test suite sets
it for every test, so that no test can call a real model service.
"""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from interview.errors import ConfigError

VARIABLE = "INTERVIEW_REMOTE_MODELS"


def require_allowed(url: str) -> None:
    """Raises ``ConfigError`` when ``url`` leaves this machine and the switch forbids it."""
    if os.environ.get(VARIABLE, "allowed") != "forbidden":
        return
    host = urlsplit(url).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise ConfigError(f"{VARIABLE}=forbidden: this process may not reach the model host {host!r}.")
