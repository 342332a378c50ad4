"""The control socket: operator's verbs while the server runs, as lines of JSON on a Unix socket in the state folder.

The socket is `control.sock`, mode 0600: who may read the service key may also operate. Each line is one request, and
each is answered by one line, in order; a connection may carry many.

    > {"verb": "account.add", "name": "alice", "number": "+4512345678"}
    < {"ok": true, "result": {"account": "6f1c...", "name": "alice", ...}}
    > {"verb": "account.show", "name": "nobody"}
    < {"ok": false, "reason": "INVALID", "sentence": "there is no account nobody; account list tells ..."}

    verb            arguments        result
    account.add     name, number?    the account
    account.list                     a list of accounts
    account.show    name             the account
    account.enroll  name             {"name", "code"}: a one-time code, told nowhere else
    account.revoke  handset          {"account", "handset"}
    items.take      account, source, {"account", "items": [{"item", "new", "dead", "reason", "sentence"}]}: what came
                    items            from outside, each {"origin", "type", "fields", "parts": {name: size}}, with the
                                     bytes of all parts attached, in this order
    items.list      account,         {"heads": [{"item", "type", "position", "fields", "parts": {name: {"hash",
                    collection,      "size"}}}], "cursor"}: what lives, in its order; an empty cursor at the end
                    cursor?
    items.part      account, item,   {"size", "zstd"}, with the bytes attached: one zstd frame where `zstd`
                    part, hash
    status                           what the server says of itself
    stop                             {"stopping": true}, then the server says goodbye and ends

An account is {"account", "name", "number", "epoch", "position", "careful", "items": {collection: count}, "handsets":
[{"handset", "life", "done", "revoked", "linked"}]}; ids and hashes are hexadecimal, other bytes base64. `reason` is a
name of `thinline.reasons`. A line has at most 512 KiB, so that nobody else waits for its reading. Bytes are attached
behind it: "attached": N beside "verb", or beside "result", says that N bytes follow the line, at most 64 MiB.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thinline.bearers.unix import bind_unix, unix_address
from thinline.errors import LocalError
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline_server.verbs import Attached, ControlRefused, Operated, obey

__all__ = ["CONTROL_SOCKET", "Control", "NoServer", "Operator", "ask_server", "calling", "serve_control"]

CONTROL_SOCKET = "control.sock"
_LINE_BYTES = 512 * 1024
_ATTACHED_BYTES = 2 * LIMITS.blob_bytes  # a card and its photo
_PIECE_BYTES = 256 * 1024
_PATIENCE_S = 30.0


class NoServer(LocalError):
    """No server works on that state folder."""


class _TooMuch(ValueError):
    """More is attached than may be."""


class Control:
    """The socket, open until `close`."""

    def __init__(self, server: Operated, path: Path) -> None:
        self._server = server
        self._path = path
        self._listener: asyncio.Server | None = None
        self._closed = False
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Take connections."""
        listening = bind_unix(self._path)
        self._listener = await asyncio.start_unix_server(self._connected, sock=listening, limit=_LINE_BYTES)

    async def close(self) -> None:
        """Take no more, and end those that are open."""
        assert self._listener is not None
        self._closed = True
        self._listener.close()
        self._path.unlink(missing_ok=True)
        for writer in list(self._writers):
            writer.close()
        await self._listener.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:  # it was accepted while this closed
            writer.close()
            return
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                await self._answer(line, reader, writer)
        except ValueError:  # of the reader, and `_TooMuch`: what follows cannot be told from a line
            sentence = f"a request has at most {_LINE_BYTES} bytes, and {_ATTACHED_BYTES} attached to it"
            writer.write(_refusal(Reason.TOO_LARGE.name, sentence))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever asked is gone
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arguments: Any = None
        try:
            arguments = json.loads(line)
            if isinstance(arguments, dict) and "attached" in arguments:
                arguments["attached"] = await _attached(arguments["attached"], reader)
            result = await obey(self._server, arguments)
        except ControlRefused as refused:
            writer.write(_refusal(refused.reason, str(refused)))
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            writer.write(_refusal(Reason.MALFORMED.name, "a request is one line of JSON"))
        else:
            await _tell(result, writer)
            if arguments["verb"] == "stop":
                self._server.stop()
            return
        await writer.drain()


async def _attached(size: Any, reader: asyncio.StreamReader) -> bytes:
    """The bytes behind a line; piece by piece, so that the loop serves others meanwhile."""
    if type(size) is not int or not 0 <= size <= _ATTACHED_BYTES:
        raise _TooMuch
    pieces: list[bytes] = []
    left = size
    while left:
        piece = await reader.read(min(left, _PIECE_BYTES))
        if not piece:
            raise asyncio.IncompleteReadError(b"".join(pieces), size)
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


async def _tell(result: Any, writer: asyncio.StreamWriter) -> None:
    attached = result.data if isinstance(result, Attached) else b""
    if isinstance(result, Attached):
        writer.write(_line({"ok": True, "result": result.result, "attached": len(attached)}))
    else:
        writer.write(_line({"ok": True, "result": result}))
    for at in range(0, len(attached), _PIECE_BYTES):
        writer.write(attached[at : at + _PIECE_BYTES])
        await writer.drain()
    await writer.drain()


def _line(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _refusal(reason: str, sentence: str) -> bytes:
    return _line({"ok": False, "reason": reason, "sentence": sentence})


async def serve_control(server: Operated, folder: Path) -> Control:
    """Open the control socket of a state folder that is held by its lock: one that is left over is replaced."""
    control = Control(server, folder / CONTROL_SOCKET)
    await control.open()
    return control


# The client's end


class Operator:
    """An open connection to a server's control socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def ask(self, verb: str, attached: Sequence[bytes] = (), **arguments: Any) -> Any:
        """Ask, and wait for the result; bytes that follow it are its "data".

        Raises:
            ControlRefused: it said no.
            LocalError: it ended before it answered.
        """
        behind = {"attached": sum(map(len, attached))} if attached else {}
        answer: dict[str, Any] = {}
        try:
            self._connection.sendall(_line({"verb": verb, **behind, **arguments}))
            for data in attached:
                self._connection.sendall(data)
            answer = json.loads(self._lines.readline() or b"{}")
            if "attached" in answer:
                answer["result"]["data"] = self._lines.read(answer["attached"])
        except (TimeoutError, ConnectionError):
            answer = {}
        if not answer:
            raise LocalError(f"the server did not answer; look whether it did {verb}, and ask again")
        if not answer["ok"]:
            raise ControlRefused(answer["reason"], answer["sentence"])
        return answer["result"]

    def close(self) -> None:
        """It is over."""
        self._lines.close()


@contextmanager
def calling(folder: Path) -> Iterator[Operator]:
    """A connection to the server of a state folder.

    Raises:
        NoServer: none runs.
        LocalError: it belongs to somebody else.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_PATIENCE_S)
        try:
            with unix_address(folder / CONTROL_SOCKET) as address:
                connection.connect(address)
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            raise NoServer(f"no server runs on {folder}") from None
        except PermissionError:
            raise LocalError(f"{folder / CONTROL_SOCKET} belongs to another user: run this as the server's") from None
        operator = Operator(connection)
        try:
            yield operator
        finally:
            operator.close()


def ask_server(folder: Path, verb: str, **arguments: Any) -> Any:
    """Ask the server of a state folder one thing, and wait for its result.

    Raises:
        NoServer: none runs.
        ControlRefused: it said no.
        LocalError: it ended before it answered.
    """
    with calling(folder) as operator:
        return operator.ask(verb, **arguments)
