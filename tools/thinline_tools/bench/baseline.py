"""The comparison: a grpc.aio server that echoes, or holds idle streams, and a client of the same shape as ours.

Run as a module it is the server of one measurement: it prints its port and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read when it is imported; a bench prints its figures only

import grpc
import grpc.aio

__all__ = ["echo_rate", "open_idle"]

_METHOD = "/baseline.Echo/Stream"
_OWN_SOCKET = [("grpc.use_local_subchannel_pool", 1)]


class _Handler(grpc.GenericRpcHandler):
    def __init__(self) -> None:
        self._method: Any = grpc.stream_stream_rpc_method_handler(self._echo)

    def service(self, _details: grpc.HandlerCallDetails) -> Any:
        return self._method

    async def _echo(self, _requests: Any, context: Any) -> None:
        while (data := await context.read()) is not grpc.aio.EOF:
            await context.write(data)


async def _serve() -> None:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((_Handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(None)


async def echo_rate(
    port: int, *, connections: int, outstanding: int, size_bytes: int, warm_s: float, measure_s: float
) -> float:
    """Messages echoed per second over so many connections with so many outstanding on each."""
    start = time.perf_counter() + warm_s
    counts = await asyncio.gather(
        *(_echo_one(port, outstanding, size_bytes, start, start + measure_s) for _ in range(connections))
    )
    return sum(counts) / measure_s


async def _echo_one(port: int, outstanding: int, size_bytes: int, start: float, end: float) -> int:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=_OWN_SOCKET) as channel:
        call: Any = channel.stream_stream(_METHOD)()
        message = bytes(size_bytes)
        for _ in range(outstanding):
            await call.write(message)
        count = 0
        while (now := time.perf_counter()) < end:
            await call.write(await call.read())
            count += now >= start
        call.cancel()
    return count


async def open_idle(port: int, connections: int) -> list[Any]:
    """So many connections with one idle stream each; the caller keeps what is returned."""
    kept: list[Any] = []
    for _ in range(connections):
        channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=_OWN_SOCKET)
        call: Any = channel.stream_stream(_METHOD)()
        await call.write(b"hello")
        await call.read()
        kept += [channel, call]
    return kept


if __name__ == "__main__":
    asyncio.run(_serve())
