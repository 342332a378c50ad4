"""The one function that opens connections to the outside: a name is resolved once, and what was checked is dialled.

A server that dials what strangers name reaches what strangers can not: itself, its neighbours, the cloud's metadata.
So an address must be one of the public internet, in itself and in whatever it embeds, and none of this machine's own,
unless the operator allowed that host and port by name. The port of a mapped or translated address is as refused as
the address (T6).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from thinline.errors import LocalError
from thinline_server.config import Place

__all__ = ["DialFailed", "DialRefused", "Dialer", "is_own", "is_public"]

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]

_CONNECT_S = 20.0
_RESOLVE_S = 10.0
# Threads of their own: a name server that does not answer keeps one for longer than anybody waits for it.
_RESOLVERS = ThreadPoolExecutor(16, "resolve")

# What Python counts as global, or not at all, and is no place of the public internet.
_NEVER: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carriers' own
        "168.63.129.16/32",  # a cloud's metadata at a public address
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # translated
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/9",  # link-local and the former site-local
        "ff00::/8",
    )
)


_ASSIGNED = IPv6Network("2000::/3")  # all that anybody on the public internet has of IPv6


class DialFailed(LocalError):
    """There is no connection; the same may succeed later."""


class DialRefused(LocalError):
    """No address of that host may be dialled, whenever it is tried."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, and embeds none that is not."""
    if isinstance(address, IPv6Address) and address.scope_id:
        return False
    if isinstance(address, IPv6Address) and address not in _ASSIGNED:
        return False
    known = any(address.version == one.version and address in one for one in _NEVER)
    return address.is_global and not address.is_multicast and not known


def is_own(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is this machine's address: what is reached there may be meant for nobody outside, firewall or not.

    Nothing is sent. A further address of an interface that has several of one network is not known for its own.
    """
    with socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(address), 9))
        except OSError:
            return False
        return str(probe.getsockname()[0]) == str(address)


async def _resolved(host: str, port: int) -> list[str]:
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return [str(address[0]) for *_, address in found]


class Dialer:
    """Dials for all gateways of a server.

    Args:
        allowed: places that the operator named, whatever their addresses are.
        resolve: addresses of a host, in the order in which they are to be tried.
    """

    def __init__(self, allowed: Iterable[Place] = (), resolve: Resolve = _resolved) -> None:
        self._allowed = frozenset(allowed)
        self._resolve = resolve

    async def __call__(self, host: str, port: int, timeout_s: float = _CONNECT_S) -> socket.socket:
        """A connected socket.

        Raises:
            DialRefused: the host has no address that may be dialled.
            DialFailed: it was not found, or none of its addresses answers in time.
        """
        try:
            async with asyncio.timeout(_RESOLVE_S):
                named = await self._resolve(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise DialFailed(f"{host} was not found: {_sentence(error)}") from error
        addresses = [ip_address(one) for one in dict.fromkeys(named)]
        if (host.lower(), port) not in self._allowed:
            addresses = [one for one in addresses if is_public(one) and not is_own(one)]
        if not addresses:
            raise DialRefused(f"{host}:{port} has no address that may be dialled; an operator can allow it by name")
        sentences = []
        for address in addresses:
            try:
                return await _connected(address, port, timeout_s)
            except (OSError, TimeoutError) as error:
                sentences.append(f"{address}: {_sentence(error)}")
        raise DialFailed(f"{host}:{port} does not answer ({'; '.join(sentences)})")


async def _connected(address: IPv4Address | IPv6Address, port: int, timeout_s: float) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    opened = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        opened.setblocking(False)
        async with asyncio.timeout(timeout_s):
            await asyncio.get_running_loop().sock_connect(opened, (str(address), port))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        opened.close()
        raise
    return opened


def _sentence(error: BaseException) -> str:
    if isinstance(error, TimeoutError) and not str(error):
        return "no answer in time"
    return str(getattr(error, "strerror", "") or error) or type(error).__name__
