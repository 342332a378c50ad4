"""The gRPC bearer on real sockets: own TCP connections, room, both kinds of ending, TLS, and what is refused."""

from __future__ import annotations

import asyncio

import psutil
import pytest

from thinline.bearers import ROOM_BYTES
from thinline.bearers.grpc_stream import GrpcBearer, dial, is_loopback, serve
from thinline.errors import LocalError
from thinline.limits import LIMITS
from waiting import until


class Ear:
    """Keeps what a bearer tells; `echo` sends every packet back."""

    def __init__(self, bearer: GrpcBearer, *, echo: bool = False) -> None:
        self.bearer = bearer
        self.echo = echo
        self.packets: list[bytes] = []
        self.rooms: list[int] = []
        self.reasons: list[str] = []

    def arrived(self, data: bytes) -> None:
        self.packets.append(data)
        if self.echo:
            self.bearer.send(data)

    def room(self, size_bytes: int) -> None:
        self.rooms.append(size_bytes)

    def lost(self, reason: str) -> None:
        self.reasons.append(reason)


class Party:
    """A listener, and every ear of either side."""

    def __init__(self) -> None:
        self.servers: list[Ear] = []
        self.handsets: list[Ear] = []
        self.peers: list[tuple[bool, bool]] = []

    def accept(self, bearer: GrpcBearer, *, encrypted: bool, loopback: bool) -> Ear:
        self.peers.append((encrypted, loopback))
        self.servers.append(Ear(bearer, echo=True))
        return self.servers[-1]

    def listen(self, bearer: GrpcBearer) -> Ear:
        self.handsets.append(Ear(bearer))
        return self.handsets[-1]


async def test_every_handset_has_a_tcp_connection_of_its_own() -> None:
    party = Party()
    listener = await serve(party.accept, "127.0.0.1", 0, None)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(dial(f"127.0.0.1:{listener.port}", None, party.listen))
        await until(lambda: len(party.servers) == 5)
        connections = [
            one
            for one in psutil.Process().net_connections("tcp")
            if one.raddr[1:] == (listener.port,) and one.status == "ESTABLISHED"
        ]
        assert len(connections) == 5
        for ear in party.handsets:
            ear.bearer.close()
    assert party.peers == [(False, True)] * 5
    await listener.stop()


async def test_packets_go_round_and_room_comes_back() -> None:
    party = Party()
    listener = await serve(party.accept, "127.0.0.1", 0, None)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dial(f"127.0.0.1:{listener.port}", None, party.listen))
        await until(lambda: bool(party.handsets))
        alice = party.handsets[0]
        for _ in range(3):
            alice.bearer.send(b"x" * (LIMITS.packet_bytes // 2))
        await until(lambda: sum(map(len, alice.packets)) == 3 * (LIMITS.packet_bytes // 2))
        await until(lambda: alice.rooms[-1] == ROOM_BYTES)
        alice.bearer.close()
    await until(lambda: bool(party.servers[0].reasons))
    assert len(alice.reasons) == 1
    await listener.stop()


async def test_the_server_hangs_up_and_the_last_words_still_arrive() -> None:
    party = Party()
    listener = await serve(party.accept, "127.0.0.1", 0, None)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dial(f"127.0.0.1:{listener.port}", None, party.listen))
        await until(lambda: bool(party.servers))
        party.servers[0].bearer.send(b"goodbye")
        party.servers[0].bearer.close()
        await until(lambda: bool(party.handsets[0].packets))
        party.handsets[0].bearer.close()
    assert party.handsets[0].packets == [b"goodbye"]
    await listener.stop()


async def test_nobody_listens_and_the_handset_is_told() -> None:
    party = Party()
    await asyncio.wait_for(dial("127.0.0.1:9", None, party.listen), 10)
    assert party.handsets[0].reasons


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("192.0.2.1", False), ("example.org", False)],
)
def test_loopback_is_known_by_address_and_name(host: str, own: bool) -> None:
    assert is_loopback(host) is own


async def test_off_loopback_plain_text_is_refused_on_both_sides() -> None:
    """Spec ID-9."""
    party = Party()
    with pytest.raises(LocalError, match="TLS"):
        await serve(party.accept, "0.0.0.0", 0, None)
    with pytest.raises(LocalError, match="encrypted"):
        await dial("192.0.2.1:7300", None, party.listen)
