"""IM1's comparison: two slixmpp clients in one process, over TLS, through a Prosody that the bench started.

It reads one JSON line with the port and the two passwords, and takes the orders that `chatters` takes.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from typing import Any

from slixmpp import JID, ClientXMPP

__all__ = ["Client"]

_PATIENCE_S = 60.0


class Client(ClientXMPP):
    """One of the two; it keeps the time at which each text came."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"{name}@localhost", f"pw-{name}")
        self.there = asyncio.Event()
        self.came: dict[str, float] = {}
        self.changed = asyncio.Event()
        self.add_event_handler("session_start", self._begin)
        self.add_event_handler("message", self._take)
        self.connect("127.0.0.1", port)

    def get_ssl_context(self) -> ssl.SSLContext:
        """It encrypts, and trusts the Prosody that the bench started."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    async def _begin(self, _event: Any) -> None:
        self.send_presence()
        await self.get_roster()
        self.there.set()

    def _take(self, message: Any) -> None:
        self.came[str(message["body"])] = time.perf_counter()
        self.changed.set()


async def _talk(sender: Client, receiver: Client, order: dict[str, Any]) -> list[float]:
    due: dict[str, float] = {}
    begin_s = time.perf_counter() + 0.1
    total = order["count"] + order["warm"]
    for number in range(total):
        at_s = begin_s + number / order["per_s"]
        await asyncio.sleep(max(0.0, at_s - time.perf_counter()))
        text = f"Is it still on, number {len(receiver.came) + number:09}-{number}?"
        due[text] = at_s
        sender.send_message(mto=JID(receiver.boundjid.bare), mbody=text, mtype="chat")
    async with asyncio.timeout(_PATIENCE_S):
        while not due.keys() <= receiver.came.keys():
            receiver.changed.clear()
            await receiver.changed.wait()
    return [receiver.came[text] - at_s for text, at_s in due.items()][order["warm"] :]


async def _orders() -> None:
    loop = asyncio.get_running_loop()
    first = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    clients = [Client(name, first["port"]) for name in ("ann", "ben")]
    async with asyncio.timeout(_PATIENCE_S):
        await asyncio.gather(*(client.there.wait() for client in clients))
    print(json.dumps({"ready": 2}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"took_s": await _talk(clients[0], clients[1], json.loads(line))}), flush=True)


if __name__ == "__main__":
    asyncio.run(_orders())
