"""The other process of SMS1: a handset whose send key is pressed, and a bare ESME, on one message centre with Kannel.

It runs in a network namespace of its own, reads one JSON line with the order, and prints one with what each text took
from the key, or from the socket, to Kannel's callback, in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from thinline_emulator.events import KeyPressed, SetRadio
from thinline_emulator.host import Handset
from thinline_emulator.keys import Key, keys_of
from thinline_tools.bench.fleet import IDEAL
from thinline_tools.bench.messaging import CENTRE, Texting
from thinline_tools.bench.processes import served

__all__ = ["BareEsme"]

_FAR = "441200000001"
_PATIENCE_S = 60.0
_BIND, _SUBMIT, _DELIVER, _ENQUIRE = 9, 4, 5, 0x15


class BareEsme(asyncio.Protocol):
    """The least that sends a text by SMPP: binds, submits, answers what it is asked."""

    def __init__(self) -> None:
        self._kept = b""
        self._sequence = 0
        self._transport: asyncio.Transport | None = None
        self.bound: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bind."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say(_BIND, b"bare\0secret3\0\0\x34\0\0\0")

    def submit(self, text: str) -> None:
        """One text."""
        raw = text.encode("ascii")
        body = b"\0\1\1" + b"15559999999\0" + b"\1\1" + _FAR.encode() + b"\0" + b"\0\0\0\0\0\1\0\0\0"
        self._say(_SUBMIT, body + bytes([len(raw)]) + raw)

    def data_received(self, data: bytes) -> None:
        """Answer what is asked."""
        self._kept += data
        while len(self._kept) >= 16:
            length, command, status, sequence = struct.unpack_from(">IIII", self._kept)
            if len(self._kept) < length:
                return
            self._kept = self._kept[length:]
            if command == _BIND | 1 << 31 and not status and not self.bound.done():
                self.bound.set_result(None)
            elif command in (_DELIVER, _ENQUIRE):
                self._write(command | 1 << 31, sequence, b"\0" if command == _DELIVER else b"")

    def _say(self, command: int, body: bytes) -> None:
        self._sequence += 1
        self._write(command, self._sequence, body)

    def _write(self, command: int, sequence: int, body: bytes) -> None:
        assert self._transport is not None, "it is connected"
        self._transport.write(struct.pack(">IIII", 16 + len(body), command, 0, sequence) + body)


async def _bare() -> BareEsme:
    host, _, port = CENTRE.partition(":")
    _, esme = await asyncio.get_running_loop().create_connection(BareEsme, host, int(port))
    await asyncio.wait_for(esme.bound, _PATIENCE_S)
    return esme


async def _texting(handset: Handset) -> None:
    """The conversation is open."""
    await handset.until("settled", within_s=_PATIENCE_S)
    handset.do(SetRadio(IDEAL))
    await handset.until("settled", within_s=_PATIENCE_S)
    for key in keys_of(f"jump 'text' ok '+{_FAR}' ok"):
        handset.do(KeyPressed(key))


async def _measure(order: dict[str, Any]) -> dict[str, list[float]]:
    told: dict[str, list[float]] = {"ours": [], "bare": []}
    folder = Path(order["folder"])
    settings = {"sms__centre": CENTRE, "sms__system": "thinline", "sms__password": "secret"}
    async with Texting(folder) as far:
        with ExitStack() as stack:
            server = await asyncio.to_thread(stack.enter_context, served(folder / "server", settings=settings))
            await asyncio.to_thread(server.ask, "account.add", name="alice", number="+15551000001")
            code = (await asyncio.to_thread(server.ask, "account.enroll", name="alice"))["code"]
            await far.until(lambda: far.has("bind", me="thinline"))
            esme = await _bare()
            async with Handset(server=server.address, code=code) as handset:
                await _texting(handset)

                async def ours(text: str) -> None:
                    for key in keys_of(f"'{text}'"):
                        handset.do(KeyPressed(key))
                    await _one(far, text, lambda: handset.do(KeyPressed(Key.OK)), told["ours"])

                async def bare(text: str) -> None:
                    await _one(far, text, lambda: esme.submit(text), told["bare"])

                for number in range(order["texts"] + order["before"]):
                    for send in (ours, bare):
                        await _paced(send, f"{send.__name__} {number}", order["each_s"])
                return {name: values[order["before"] :] for name, values in told.items()}


async def _paced(send: Callable[[str], Awaitable[None]], text: str, each_s: float) -> None:
    """One text, and what is left of its time."""
    await asyncio.gather(send(text), asyncio.sleep(each_s))


async def _one(far: Texting, text: str, press: Callable[[], Any], took_ms: list[float]) -> None:
    began_s = time.perf_counter()
    press()
    await far.arrives(text, _PATIENCE_S)
    took_ms.append(1_000 * (far.at_s[text] - began_s))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(json.loads(sys.stdin.readline())))), flush=True)
