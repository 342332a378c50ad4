"""The other process of M1: a linked handset, and mail programs that write to it as fast as they are answered.

It reads one JSON line with the order, and prints one when the handset was sent everything.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from typing import Any

from thinline.testing.mails import mails
from thinline.types import Collection
from thinline.windows import Cursor
from thinline_emulator.events import SetRadio
from thinline_emulator.host import Handset
from thinline_tools.bench.fleet import IDEAL

__all__ = ["bring"]

_COLLECTION: int = Collection.COLLECTION_MAIL
_PATIENCE_S = 300.0


async def bring(port: int, to: str, raws: list[bytes]) -> None:
    """One connection: mail after mail, each once the one before was acknowledged.

    Raises:
        RuntimeError: a reply is another than a mail program hopes for.
    """
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await _said(connection, b"", b"220")
        await _said(connection, b"EHLO far.test\r\n", b"250")
        for raw in raws:
            await _said(connection, b"MAIL FROM:<bob@far.test> BODY=8BITMIME\r\n", b"250")
            await _said(connection, f"RCPT TO:<{to}>\r\n".encode(), b"250")
            await _said(connection, b"DATA\r\n", b"354")
            body = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]
            await _said(connection, body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"), b"250")
        await loop.sock_sendall(connection, b"QUIT\r\n")


async def _said(connection: socket.socket, command: bytes, code: bytes) -> None:
    """Say something, and wait for the whole reply."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, command)
    reply = b""
    while not reply.endswith(b"\r\n") or reply.splitlines()[-1][3:4] == b"-":
        came = await loop.sock_recv(connection, 65_536)
        if not came:
            raise RuntimeError(f"hung up after {command[:40]!r}")
        reply += came
    if not reply.splitlines()[-1].startswith(code):
        raise RuntimeError(f"{command[:40]!r} was answered {reply!r}")


async def _measure(order: dict[str, Any]) -> dict[str, Any]:
    raws = [one.raw for one in mails(order["seed"], order["mails"])]
    shares = [raws[at :: order["connections"]] for at in range(order["connections"])]
    async with Handset(server=order["server"], code=order["code"]) as handset:
        await handset.until("settled", within_s=_PATIENCE_S)
        handset.do(SetRadio(IDEAL))
        await handset.until("settled", within_s=_PATIENCE_S)
        memory = handset.machine.memory
        assert memory is not None, "it has power"
        newest = memory.seen.newest
        goal = (newest.position if newest else 0) + len(raws)
        began_s = time.perf_counter()
        await asyncio.gather(*(bring(order["smtp_port"], order["to"], share) for share in shares))
        while Cursor.decode(memory.cache.cursors.get(_COLLECTION, b"")).base < goal:
            await handset.changes.beyond(handset.changes.count)
        took_s = time.perf_counter() - began_s
    return {"took_s": took_s, "mean_bytes": sum(map(len, raws)) / len(raws)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(json.loads(sys.stdin.readline())))), flush=True)
