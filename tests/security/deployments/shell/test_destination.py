"""Server-side request forgery: a webhook connects to public addresses and to allowed networks, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from deployments.shell.destination import destination
from interview.errors import EngineUnavailable, InvalidInput
from serve.webhooks.settings import EndpointSettings, WebhookSettings

PUBLIC = "93.184.215.14"


def resolving(*addresses: str):
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.8",
        "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1",
        "64:ff9b:1::808:808", "fec0::1",
    ],
)  # fmt: skip
async def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    for addresses in ((address,), (PUBLIC, address)):
        with pytest.raises(InvalidInput, match="not public"):
            await destination("https://hooks.example/x", (), resolving(*addresses))


async def test_the_connection_goes_to_the_checked_address_under_the_hosts_name() -> None:
    found = await destination("https://hooks.example/x?y=1", (), resolving(PUBLIC, "8.8.8.8"))
    assert (found.url, found.host, found.server_name) == (
        f"https://{PUBLIC}:443/x?y=1",
        "hooks.example",
        "hooks.example",
    )
    six = await destination("https://hooks.example:8443/", (), resolving("2606:4700::1"))
    assert (six.url, six.host) == ("https://[2606:4700::1]:8443/", "hooks.example:8443")


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "[", "xn--\xfc.example"])
async def test_a_malformed_host_name_is_refused_by_the_real_resolver(host: str) -> None:
    with pytest.raises(InvalidInput, match="no valid host name"):
        await destination(f"https://{host}/", ())


async def test_an_international_name_is_sent_encoded() -> None:
    found = await destination("https://bücher.example/", (), resolving(PUBLIC))
    assert (found.host, found.server_name) == ("xn--bcher-kva.example", "xn--bcher-kva.example")
    with_port = await destination("https://bücher.example:8443/", (), resolving(PUBLIC))
    assert with_port.host == "xn--bcher-kva.example:8443"


async def test_the_operator_may_allow_a_private_network_even_without_tls() -> None:
    found = await destination("http://ats.internal:9000/h", ("10.1.0.0/16",), resolving("10.1.2.3"))
    assert found.url == "http://10.1.2.3:9000/h"
    with pytest.raises(InvalidInput):
        await destination("http://ats.internal/h", ("10.1.0.0/16",), resolving("10.2.2.3"))


async def test_a_public_address_needs_tls() -> None:
    with pytest.raises(InvalidInput, match="https"):
        await destination("http://hooks.example/x", (), resolving(PUBLIC))


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "localhost", "[::1]", "127.0.0.1"])
async def test_other_spellings_of_this_machine_are_refused_by_the_real_resolver(host: str) -> None:
    with pytest.raises((InvalidInput, EngineUnavailable)):
        await destination(f"https://{host}/x", ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://hooks.example/"},
        {"url": "file:///etc/passwd"},
        {"url": "https://user:pass@hooks.example/"},
        {"url": "https:///x"},
        {"tenant": ""},
        {"secret_env": "whsec_aW5saW5l"},
        {"events": ["grade.recorded"]},
    ],
)
def test_an_endpoint_that_makes_no_sense_is_not_configured(wrong: dict[str, object]) -> None:
    right = {"url": "https://hooks.example/", "tenant": "acme", "secret_env": "HOOK"}
    assert msgspec.convert(right, EndpointSettings).tenant == "acme"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"endpoints": {"ats": {**right, **wrong}}}, WebhookSettings)
