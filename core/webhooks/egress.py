"""Calls to addresses that somebody else typed in. The only module of the kernel that speaks HTTP.

The host is resolved once, every address it has must be public, and the connection goes to the checked address
itself, so that a second look-up cannot lead elsewhere. TLS still checks the certificate for the host's name.
"""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

READ_AT_MOST = 4096
Address = IPv4Address | IPv6Address


class EgressRefusedError(Exception):
    """The address may not be called; the code says why."""


@dataclass(frozen=True)
class Target:
    """A URL whose host has been resolved and found callable."""

    url: str
    host: str
    connect_url: str


def resolve(url: str) -> Target:
    """Check a URL and resolve its host: a look-up, so not in a transaction. Raises `EgressRefusedError`."""
    parts = check(url)
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise EgressRefusedError("host_unknown") from error
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses or not all(map(_callable, addresses)):
        raise EgressRefusedError("address_not_public")
    address = addresses[0]
    literal = f"[{address}]" if address.version == 6 else str(address)
    path = parts._replace(scheme="", netloc="").geturl() or "/"
    return Target(url, parts.netloc, f"{parts.scheme}://{literal}:{port}{path}")


def check(url: str):  # type: ignore[no-untyped-def]  # SplitResult; typeshed names it differently by version
    """What can be said of a URL without looking its host up. Raises `EgressRefusedError`."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise EgressRefusedError("url_malformed") from error
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise EgressRefusedError("url_malformed")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOK_ALLOW_LOOPBACK):
        raise EgressRefusedError("url_not_https")
    return parts


def post(target: Target, body: bytes, headers: Mapping[str, str], *, seconds: float) -> int:
    """POST and return the status. Raises `EgressRefusedError` with a code when no answer came in time."""
    return asyncio.run(_post(target, body, headers, seconds))


async def _post(target: Target, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
    named = {**headers, "Host": target.host, "Accept-Encoding": "identity"}
    extensions = {"sni_hostname": urlsplit(target.url).hostname}
    try:
        async with (
            asyncio.timeout(seconds),
            httpx2.AsyncClient(timeout=None, trust_env=False) as client,
            client.stream(
                "POST", target.connect_url, content=body, headers=named, extensions=extensions
            ) as response,
        ):
            read = 0
            async for chunk in response.aiter_raw():
                read += len(chunk)
                if read > READ_AT_MOST:
                    break
            return int(response.status_code)
    except TimeoutError as error:
        raise EgressRefusedError("deadline_exceeded") from error
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
        raise EgressRefusedError("not_connected") from error


def _callable(address: Address) -> bool:
    plain = _inner(address)
    if plain.is_loopback:
        return bool(settings.WEBHOOK_ALLOW_LOOPBACK)
    return plain.is_global and not plain.is_multicast


def _inner(address: Address) -> Address:
    """The IPv4 address that some IPv6 forms carry: mapped, 6to4, and the NAT64 prefix 64:ff9b::/96."""
    if isinstance(address, IPv4Address):
        return address
    if address.packed[:12] == bytes.fromhex("0064ff9b0000000000000000"):
        return IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour or address
