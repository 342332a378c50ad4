"""Two bearer ends in one process: what one sends arrives at the other at the loop's next turn.

The smallest bearer there is, for an embedded server and for tests of everything above it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from thinline.bearers import ROOM_BYTES, Bearer, Ear

__all__ = ["MemoryBearer", "dial_memory", "memory_pair"]


class MemoryBearer:
    """One end. `listen` names its ear, after which both ends may speak.

    Attributes:
        over: set once the connection is.
    """

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self._ear: Ear | None = None
        self._peer: MemoryBearer | None = None
        self._pending_bytes = 0
        self._closed = False

    def join(self, peer: MemoryBearer) -> None:
        """Make the other end of this one."""
        self._peer = peer

    def listen(self, ear: Ear) -> None:
        """Call this ear back from now on."""
        self._ear = ear
        asyncio.get_running_loop().call_soon(self._tell_room)

    def send(self, data: bytes) -> None:
        """Hand a packet to the other end."""
        if self._closed:
            return
        self._pending_bytes += len(data)
        asyncio.get_running_loop().call_soon(self._deliver, data)

    def close(self) -> None:
        """End it for both, behind what was sent."""
        if not self._closed:
            self._closed = True
            asyncio.get_running_loop().call_soon(self._part)

    def _deliver(self, data: bytes) -> None:
        self._pending_bytes -= len(data)
        peer = self._peer
        if peer is not None and peer._ear is not None and not peer._closed:
            peer._ear.arrived(data)
        self._tell_room()

    def _tell_room(self) -> None:
        if self._ear is not None and not self._closed:
            self._ear.room(ROOM_BYTES - self._pending_bytes)

    def _part(self) -> None:
        for end in (self, self._peer):
            if end is not None and end._ear is not None:
                ear, end._ear = end._ear, None
                end._closed = True
                ear.lost("closed")
                end.over.set()


def memory_pair() -> tuple[MemoryBearer, MemoryBearer]:
    """Two joined ends."""
    one, other = MemoryBearer(), MemoryBearer()
    one.join(other)
    other.join(one)
    return one, other


async def dial_memory(accept: Callable[[MemoryBearer], Ear], listen: Callable[[MemoryBearer], Ear]) -> None:
    """A connection to whoever accepts it, until it is over, as `dial_grpc` is over the network."""
    near, far = memory_pair()
    far.listen(accept(far))
    near.listen(listen(near))
    try:
        await near.over.wait()
    finally:
        near.close()


_: type[Bearer] = MemoryBearer
