"""A server's control socket without the socket: alice has an account, and her store is the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pier import Served
from thinline_server.requests import Request
from thinline_server.verbs import Attached, obey

__all__ = ["ControlDesk"]


class ControlDesk:
    """A server's control socket without the socket.

    Attributes:
        asked: verbs so far.
    """

    code_life_s = 60

    def __init__(self) -> None:
        self.served = Served()
        self.served.account("alice")
        self.asked: list[str] = []

    def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
        self.asked.append(verb)
        result = asyncio.run(obey(self, {"verb": verb, "attached": b"".join(attached), **arguments}))
        return {**result.result, "data": result.data} if isinstance(result, Attached) else result

    async def operate(self, request: Request) -> Any:
        return self.served.operate(request)[0]

    def status(self) -> dict[str, Any]:
        return {}

    def linked(self, handset: bytes) -> bool:
        return False

    def stop(self) -> None:
        raise AssertionError
