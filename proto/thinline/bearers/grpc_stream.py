"""The gRPC bearer: one bidirectional stream of packets is one connection, and every handset has its own TCP socket.

Packets pass as bytes; no protobuf is touched here. Packets that gather while a write is under way leave as one
message, since packets joined are a packet. grpc's own buffers are turned down (5 MB otherwise would lie between the
scheduler and a slow radio), and its keep-alive is off: the link has the one heartbeat (spec LINK-8, FLOW-5).
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Protocol

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it would write over a handset's screen; read when it is imported

import grpc
import grpc.aio

from thinline.bearers import ROOM_BYTES, Ear
from thinline.errors import LocalError
from thinline.limits import LIMITS

__all__ = ["GrpcBearer", "Listener", "Tls", "dial", "is_loopback", "serve"]

METHOD = "/thinline.v1.LineService/Connect"
_GRACE_S = 2.0
_OPTIONS: list[tuple[str, int]] = [
    ("grpc.max_receive_message_length", LIMITS.packet_bytes),
    ("grpc.max_send_message_length", LIMITS.packet_bytes),
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 8_192),
]


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM bytes: the server's own certificate and key, or the authority that a handset trusts."""

    certificate: bytes
    key: bytes = b""


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    if host in ("localhost", "unix"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class _Stream(Protocol):
    """What both ends of a grpc.aio stream offer."""

    async def write(self, message: bytes) -> None: ...


class GrpcBearer:
    """One end of a stream. Writes run in a task that exists only while there is something to write."""

    __slots__ = ("_closing", "_ear", "_finish", "_flushing", "_held", "_held_bytes", "_stream")

    def __init__(self, stream: _Stream, finish: Callable[[], None]) -> None:
        self._stream = stream
        self._finish = finish
        self._ear: Ear | None = None
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._flushing: asyncio.Task[None] | None = None
        self._closing = False

    def listen(self, ear: Ear) -> None:
        """Call this ear back from now on."""
        self._ear = ear
        ear.room(ROOM_BYTES)

    def send(self, data: bytes) -> None:
        """Take a packet."""
        if self._closing or self._ear is None:
            return
        self._held.append(data)
        self._held_bytes += len(data)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    def close(self) -> None:
        """End the stream behind what was sent."""
        self._closing = True
        if self._flushing is None:
            self._finish()

    def lost(self, reason: str) -> None:
        """The stream ended; tell the ear, once."""
        ear, self._ear = self._ear, None
        if self._flushing is not None:
            self._flushing.cancel()
        if ear is not None:
            ear.lost(reason)

    def arrived(self, data: bytes) -> None:
        """A message came."""
        if self._ear is not None and not self._closing:
            self._ear.arrived(data)

    async def _flush(self) -> None:
        try:
            while self._held:
                message = self._take()
                await self._stream.write(message)
                self._held_bytes -= len(message)
                if self._ear is not None and not self._closing:
                    self._ear.room(ROOM_BYTES - self._held_bytes)
        except (grpc.RpcError, asyncio.InvalidStateError) as error:
            self._held.clear()
            self.lost(f"write failed: {type(error).__name__}")
        finally:
            self._flushing = None
        if self._closing:
            self._finish()

    def _take(self) -> bytes:
        """All that waits, as one message that the other side accepts."""
        size = count = 0
        for packet in self._held:
            if count and size + len(packet) > LIMITS.packet_bytes:
                break
            size += len(packet)
            count += 1
        taken, self._held = self._held[:count], self._held[count:]
        return b"".join(taken)


class Accept(Protocol):
    """Called for each connection of a listener; gives the ear to call back."""

    def __call__(self, bearer: GrpcBearer, *, encrypted: bool, loopback: bool) -> Ear: ...


class Listener:
    """A listening gRPC server. `port` is the one it got."""

    def __init__(self, server: grpc.aio.Server, port: int) -> None:
        self._server = server
        self.port = port

    async def stop(self) -> None:
        """Take no more connections; those that are open end within the grace time."""
        await self._server.stop(_GRACE_S)


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, accept: Accept, encrypted: bool) -> None:
        self._accept = accept
        self._encrypted = encrypted
        self._method: Any = grpc.stream_stream_rpc_method_handler(self._connect)

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        return self._method if details.method == METHOD else None

    async def _connect(self, _requests: Any, context: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        bearer = GrpcBearer(context, finish=lambda: _after_grace(loop, task))
        peer = str(context.peer())
        host = peer.split(":", 1)[1].rsplit(":", 1)[0] if ":" in peer else peer
        bearer.listen(self._accept(bearer, encrypted=self._encrypted, loopback=is_loopback(host)))
        reason = "closed"
        try:
            while (data := await context.read()) is not grpc.aio.EOF:
                bearer.arrived(data)
        except asyncio.CancelledError:
            reason = "cut"
        finally:
            bearer.lost(reason)


def _after_grace(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    """A peer that was told goodbye hangs up by itself; one that does not is cut."""
    timer = loop.call_later(_GRACE_S, task.cancel)
    task.add_done_callback(lambda _: timer.cancel())


async def serve(accept: Accept, host: str, port: int, tls: Tls | None) -> Listener:
    """Listen for handsets.

    Raises:
        LocalError: off loopback without TLS (spec ID-9), or when the address cannot be had.
    """
    if tls is None and not is_loopback(host):
        raise LocalError(f"{host} is not a loopback address: give a TLS certificate and key, or listen on 127.0.0.1")
    server = grpc.aio.server(options=[*_OPTIONS, ("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((_Handler(accept, encrypted=tls is not None),))
    address = f"{host}:{port}"
    try:
        if tls is None:
            bound = server.add_insecure_port(address)
        else:
            credentials = grpc.ssl_server_credentials([(tls.key, tls.certificate)])
            bound = server.add_secure_port(address, credentials)
    except RuntimeError as error:
        sentence = f"cannot listen on {address}: {_why_not(host, port)}; choose another address or port"
        raise LocalError(sentence) from error
    await server.start()
    return Listener(server, bound)


def _why_not(host: str, port: int) -> str:
    """What the system says of an address; gRPC says only that it failed."""
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        with socket.socket(family, kind, protocol) as trial:
            trial.bind(address)
            trial.listen()
    except OSError as error:
        return error.strerror or str(error)
    return "it was taken, and is free by now"


async def dial(address: str, tls: Tls | None, listen: Callable[[GrpcBearer], Ear]) -> None:
    """Open a connection and carry it until it ends; runs as long as the connection does.

    Args:
        address: HOST:PORT.
        tls: the authority to trust; None for plain text, on loopback only.
        listen: called once with the bearer; gives the ear.

    Raises:
        LocalError: off loopback without TLS (spec ID-9).
    """
    host = address.rsplit(":", 1)[0]
    if tls is None and not is_loopback(host):
        raise LocalError(f"{host} is not a loopback address: a link off loopback must be encrypted, give --ca")
    # A pool of its own: handsets of one process would else share one TCP connection.
    options = [*_OPTIONS, ("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
    if tls is None:
        channel = grpc.aio.insecure_channel(address, options=options)
    else:
        channel = grpc.aio.secure_channel(address, grpc.ssl_channel_credentials(tls.certificate), options=options)
    call: Any = channel.stream_stream(METHOD)()
    done = asyncio.Event()
    bearer = GrpcBearer(call, finish=done.set)
    reader = asyncio.get_running_loop().create_task(_read(call, bearer, listen))
    closer = asyncio.get_running_loop().create_task(done.wait())
    try:
        await asyncio.wait((reader, closer), return_when=asyncio.FIRST_COMPLETED)
        if not reader.done():
            await call.done_writing()
            await asyncio.wait((reader,), timeout=_GRACE_S)
    finally:
        closer.cancel()
        reader.cancel()
        call.cancel()
        bearer.lost("closed")
        await asyncio.gather(reader, closer, return_exceptions=True)
        await channel.close()


async def _read(call: Any, bearer: GrpcBearer, listen: Callable[[GrpcBearer], Ear]) -> None:
    try:
        await call.wait_for_connection()
        bearer.listen(listen(bearer))
        while (data := await call.read()) is not grpc.aio.EOF:
            bearer.arrived(data)
        bearer.lost("the server ended the stream")
    except grpc.RpcError as error:
        details = error.details() if isinstance(error, grpc.aio.AioRpcError) else str(error)
        if bearer._ear is None:
            bearer.listen(listen(bearer))
        bearer.lost(f"{details}")
