"""A world without a way out, in which every address answers: for tests of what is dialled.

`run` starts a process in network, mount and user namespaces of its own. There all addresses of IPv4 and IPv6 lead to
the loopback interface, a name server answers what the test's table says, and listeners note for which address each
connection came. So whoever dials what he should not is answered, and seen; and nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, TypeAlias, cast

import pytest

__all__ = ["OWN", "Scene", "World", "run"]

_PATIENCE_S = 120
_V6ONLY = 26
_A, _CNAME, _AAAA = 1, 5, 28
OWN = ("93.184.216.99", "2606:4700:4700::9999")  # this machine's, in that world
_SETUP = r"""
set -e
ip link set lo up
ip addr add OWN4/32 dev lo
ip -6 addr add OWN6/128 dev lo
ip route add local 0.0.0.0/0 dev lo src OWN4
ip -6 route add local ::/0 dev lo src OWN6
printf 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n' > "$1"
mount --bind "$1" /etc/resolv.conf
shift
exec "$@"
""".replace("OWN4", OWN[0]).replace("OWN6", OWN[1])


@dataclass
class World:
    """What is there, and what happened.

    Attributes:
        names: for each, the answers to one query after another; the last one stays. What is no address is another
            name, which is told with its own answers, as a resolver does.
        peers: address and port of each connection that was taken, in order.
        heads: the first line of each request, by address.
        queries: names that were asked for.
    """

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    peers: list[tuple[str, int]] = field(default_factory=list)
    heads: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    queries: list[tuple[str, int]] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)

    def addresses(self, name: str, kind: int) -> list[str]:
        """The next answer for a name."""
        told = self.names.get(name, [[]])
        asked = self.queries.count((name, kind))
        self.queries.append((name, kind))
        return told[min(asked, len(told) - 1)]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A page that says where it was found, or leads to where its path says."""
        host, port = writer.get_extra_info("sockname")[:2]
        self.peers.append((host, port))
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads[host].append(head.partition("\r\n")[0])
            path = head.split(" ")[1]
            if path.startswith("/to?"):
                writer.write(f"HTTP/1.1 302 Found\r\nLocation: {path[4:]}\r\nContent-Length: 0\r\n\r\n".encode())
            else:
                body = self.pages.get(path, f"here is {host}".encode())
                kind = b"text/html" if body.startswith(b"<") else b"text/plain"
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(body)))
                writer.write(b"Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n" + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, IndexError):
            pass
        finally:
            writer.close()


Scene: TypeAlias = Callable[[World], Awaitable[Any]]


def run(scene: str, *arguments: str) -> Any:
    """What an async function of a support module, as `module:function`, made of a world; through JSON.

    Skips the test where no such world can be made.
    """
    for program in ("unshare", "ip", "mount"):
        if not shutil.which(program):
            pytest.skip(f"a network namespace needs the program {program}")
    if subprocess.run(["unshare", "-rnm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system makes no network namespaces for us")
    told = f"/tmp/thinline-airgap-{os.getpid()}.conf"
    inner = [sys.executable, "-W", "error", __file__, scene, *arguments]
    try:
        ran = subprocess.run(
            ["unshare", "-rnm", "sh", "-c", _SETUP, "sh", told, *inner],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    finally:
        if os.path.exists(told):
            os.unlink(told)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


@asynccontextmanager
async def _world(ports: Sequence[int]) -> AsyncIterator[World]:
    world = World()
    loop = asyncio.get_running_loop()
    resolver, _ = await loop.create_datagram_endpoint(lambda: _Resolver(world), local_addr=("127.0.0.1", 53))
    servers = []
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        for port in ports:
            opened = socket.create_server((host, port), family=family)
            servers.append(await asyncio.start_server(world.answer, sock=opened))
    try:
        yield world
    finally:
        resolver.close()
        for server in servers:
            server.close()


class _Resolver(asyncio.DatagramProtocol):
    """RFC 1035, as far as getaddrinfo goes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]].decode("latin-1"))
            at += 1 + data[at]
        kind = int.from_bytes(data[at + 1 : at + 3])
        name = ".".join(labels).lower()
        records = self._records(name, kind)
        known = name in self._world.names
        head = data[:2] + (b"\x85\x80" if known else b"\x85\x83") + b"\x00\x01"
        answer = head + len(records).to_bytes(2) + bytes(4) + data[12 : at + 5] + b"".join(records)
        self._transport.sendto(answer, addr)

    def _records(self, name: str, kind: int) -> list[bytes]:
        records = []
        for one in self._world.addresses(name, kind):
            try:
                address = ip_address(one)
            except ValueError:
                records.append(_record(name, _CNAME, _wire(one)))
                records += [
                    _record(one, kind, ip_address(inner).packed)
                    for inner in self._world.addresses(one, kind)
                    if (ip_address(inner).version == 4) == (kind == _A)
                ]
                continue
            if (address.version == 4) == (kind == _A):
                records.append(_record(name, kind, address.packed))
        return records


def _wire(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _record(name: str, kind: int, data: bytes) -> bytes:
    """With a time to live of nothing."""
    return _wire(name) + kind.to_bytes(2) + b"\0\1" + bytes(4) + len(data).to_bytes(2) + data


async def _play(scene: str, *arguments: str) -> None:
    module, _, function = scene.partition(":")
    play = getattr(importlib.import_module(module), function)
    async with _world((80, 443, 22, 25, 6379, 8080)) as world:
        told = await play(world, *arguments)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(_play(*sys.argv[1:]))
