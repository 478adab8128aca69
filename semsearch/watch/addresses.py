"""Which addresses may be fetched: none that only this machine or its network can reach.

A feed's address comes from somebody else, and so does every redirect. Without this check a feed
could make the service ask what lies behind its firewall, and show it.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from semsearch.errors import InvalidFeedError

MAX_URL_CHARS = 2_000
_NAT64 = ip_network("64:ff9b::/96")
# What Python's tables call public: where clouds answer with what only their machines may know, and
# IPv6 that is local or carries IPv4 in ways that are no longer used.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",
            "192.0.0.0/24",
            "64:ff9b:1::/48",
            "::/96",
            "::ffff:0:0:0/96",
            "fec0::/10",
        ),
    )
)
_PORTS = {"http": 80, "https": 443}


Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The IP addresses of a host, best first; ``OSError`` where there are none."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a web address leads to.

    Attributes:
        scheme: ``http`` or ``https``.
        host: As it is looked up; of an IPv6 address without brackets.
    """

    scheme: str
    host: str
    port: int

    @property
    def is_plainly_private(self) -> bool:
        """Whether it is not public, as is seen without looking its name up."""
        literal = self.host.replace(".", "").isdigit() or ":" in self.host
        return self.host == "localhost" or (literal and not is_public(self.host))


def target_of(url: str) -> Target:
    """Where an address leads.

    Raises:
        InvalidFeedError: It is no web address, or holds a name and a password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidFeedError(f"{shown(url)} is no web address.") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise InvalidFeedError(
            f"{shown(url)} is no web address.", "It must begin with http:// or https://."
        )
    if not host or not url.isprintable() or any(sign.isspace() for sign in url):
        raise InvalidFeedError(f"{shown(url)} is no web address.")
    if len(url) > MAX_URL_CHARS:
        raise InvalidFeedError(f"The address is longer than {MAX_URL_CHARS:,} characters.")
    if parts.username is not None or parts.password is not None:
        raise InvalidFeedError(
            "Addresses with a name and a password are not fetched.",
            "Ask the outlet for an address with a key in it.",
        )
    return Target(scheme, _ascii(host, url), port or _PORTS[scheme])


def is_public(address: str) -> bool:
    """Whether an IP address can be reached by everybody.

    Those that carry another one are what they carry: IPv4 in IPv6, 6to4, Teredo, NAT64.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global and not one.is_multicast and not any(one in net for net in _NOT_PUBLIC)
        for one in _carried(found)
    )


def _carried(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    if address.teredo is not None:
        return [address, *address.teredo]
    return [address]


def _ascii(host: str, url: str) -> str:
    if host.isascii():
        return host
    import idna  # noqa: PLC0415 - few hosts need its tables

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise InvalidFeedError(f"{shown(url)} is no web address.") from None


def shown(url: str) -> str:
    """The beginning of an address, without a password, as a message shows it."""
    head, sign, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{head}{sign}{host.rpartition('@')[2]}{slash}{path}"[:120] or "An empty text"


async def look_up(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as the system has them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))
