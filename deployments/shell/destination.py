"""The guard against server-side request forgery: where this platform may connect for someone else.

The name is resolved once, every address of it is checked, and the connection goes to the checked address itself, so
that a second answer of the name server cannot lead elsewhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from interview.errors import EngineUnavailable, InvalidInput

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: The addresses of a host name and port.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

#: Reserved for protocols (RFC 6890), for a network's own NAT64 (RFC 8215), and site-local (RFC 3879): some Pythons
#: call parts of them global.
_RESERVED = tuple(ipaddress.ip_network(network) for network in ("192.0.0.0/24", "64:ff9b:1::/48", "fec0::/10"))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Destination(Struct, frozen=True):
    """A checked address: connect to ``url``, send ``host`` as the header and ``server_name`` as the TLS name.

    Both are ASCII: an international name in its encoded form.
    """

    url: str
    host: str
    server_name: str


async def resolved(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]).partition("%")[0] for entry in found]


async def destination(
    url: str, allowed_networks: Sequence[str], resolve: Resolver = resolved, *, whose: str = "The webhook"
) -> Destination:
    """Where to connect for ``url``; ``whose`` begins the errors.

    Raises:

        InvalidInput: the URL or its host name is malformed, an address of the host is not public and not allowed, or
            http leads to a public one.
        EngineUnavailable: the name cannot be resolved now.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        texts = await resolve(host, port)
    except OSError as error:
        raise EngineUnavailable(f"{whose}'s host name cannot be resolved.") from error
    except ValueError as error:
        raise InvalidInput(f"{whose}'s address has no valid host name.") from error
    networks = [ipaddress.ip_network(network) for network in allowed_networks]
    addresses = [_plain(ipaddress.ip_address(text)) for text in texts]
    for address in addresses:
        allowed = any(address.version == network.version and address in network for network in networks)
        if not allowed and not _is_public(address):
            raise InvalidInput(f"{whose}'s host has an address that is not public and not in allowed_networks.")
        if not allowed and parts.scheme != "https":
            raise InvalidInput(f"{whose} leads to a public address without https.")
    if not addresses:
        raise EngineUnavailable(f"{whose}'s host name has no address.")
    authority = parts.netloc if parts.netloc.isascii() else host if parts.port is None else f"{host}:{port}"
    return Destination(_at(parts, addresses[0], port), authority, host)


def _plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, which the operating system would connect to."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is None and address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inside or address
    return address


def _is_public(address: Address) -> bool:
    reserved = any(address.version == network.version and address in network for network in _RESERVED)
    return address.is_global and not address.is_multicast and not reserved


def _at(parts: SplitResult, address: Address, port: int) -> str:
    host = f"[{address}]" if address.version == 6 else str(address)
    return parts._replace(netloc=f"{host}:{port}").geturl()
