"""Two ends in one process: what alice's end sends arrives at bob's, in order, and a close reaches both."""

from __future__ import annotations

import asyncio

from thinline.bearers import ROOM_BYTES
from thinline.bearers.memory import MemoryBearer, dial_memory, memory_pair


class Ear:
    """Keeps what a bearer tells."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.rooms: list[int] = []
        self.reasons: list[str] = []

    def arrived(self, data: bytes) -> None:
        self.packets.append(data)

    def room(self, size_bytes: int) -> None:
        self.rooms.append(size_bytes)

    def lost(self, reason: str) -> None:
        self.reasons.append(reason)


async def settle() -> None:
    """Let the loop's turns pass that two ends need."""
    for _ in range(4):
        await asyncio.sleep(0)


async def test_packets_arrive_in_order_and_room_comes_back() -> None:
    alice, bob = memory_pair()
    hers, his = Ear(), Ear()
    alice.listen(hers)
    bob.listen(his)
    alice.send(b"one")
    alice.send(b"two")
    await settle()
    assert his.packets == [b"one", b"two"]
    assert hers.rooms[-1] == ROOM_BYTES


async def test_a_close_comes_behind_what_was_sent_and_reaches_both_once() -> None:
    alice, bob = memory_pair()
    hers, his = Ear(), Ear()
    alice.listen(hers)
    bob.listen(his)
    alice.send(b"last words")
    alice.close()
    alice.close()
    alice.send(b"too late")
    await settle()
    assert his.packets == [b"last words"]
    assert hers.reasons == his.reasons == ["closed"]


async def test_what_is_sent_to_an_end_that_never_listened_is_lost() -> None:
    alice, _bob = memory_pair()
    hers = Ear()
    alice.listen(hers)
    alice.send(b"anybody?")
    alice.close()
    await settle()
    assert hers.reasons == ["closed"]


async def test_who_dials_waits_until_the_connection_is_over() -> None:
    hers, his, ends = Ear(), Ear(), []

    def accept(end: MemoryBearer) -> Ear:
        ends.append(end)
        return his

    async with asyncio.TaskGroup() as tasks:
        call = tasks.create_task(dial_memory(accept, lambda _: hers))
        await settle()
        assert not call.done()
        ends[0].close()
    assert hers.reasons == his.reasons == ["closed"]


async def test_who_gives_up_a_call_hangs_up() -> None:
    hers, his = Ear(), Ear()
    async with asyncio.TaskGroup() as tasks:
        call = tasks.create_task(dial_memory(lambda _: his, lambda _: hers))
        await settle()
        call.cancel()
    await settle()
    assert call.cancelled()
    assert his.reasons == ["closed"]
