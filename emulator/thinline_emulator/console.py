"""The console of a running handset: its verbs over a Unix socket, as lines of JSON.

The socket is readable by its owner only. Each line is one request and is answered by one line, in order.

    > {"line": "battery 12"}
    < {"ok": true, "text": "12%, 1.2 h left at 146 mA", "data": {"percent": 12, ...}}
    > {"line": "fly"}
    < {"ok": false, "sentence": "there is no verb 'fly'; help lists them"}
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from thinline.bearers.unix import bind_unix, unix_address
from thinline.errors import LocalError
from thinline_emulator.verbs import Answer, Bench, do_verb

__all__ = ["NoHandset", "answer_line", "ask_handset", "open_console"]

_LINE_BYTES = 65_536
_PATIENCE_S = 30.0


class NoHandset(LocalError):
    """No handset listens there."""


def answer_line(line: bytes, bench: Bench) -> dict[str, Any]:
    """Carry out one request; its answer."""
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict) or not isinstance(asked.get("line"), str):
            raise LocalError('a request is {"line": VERB}')
        answer = do_verb(asked["line"], bench)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return {"ok": False, "sentence": "a request is one line of JSON"}
    except LocalError as error:
        return {"ok": False, "sentence": str(error)}
    return {"ok": True, "text": answer.text, "data": answer.data}


@asynccontextmanager
async def open_console(bench: Bench, path: Path) -> AsyncIterator[None]:
    """Listen at a path as long as the block runs. One that was left over is replaced: its folder's lock is ours."""
    writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        with suppress(ConnectionError, ValueError):  # whoever asked is gone, or wrote a line without an end
            while line := await reader.readline():
                told = json.dumps(answer_line(line, bench), ensure_ascii=False)
                writer.write(told.encode("utf-8", "replace") + b"\n")
                await writer.drain()
        writers.discard(writer)
        writer.close()

    listener = await asyncio.start_unix_server(connected, sock=bind_unix(path), limit=_LINE_BYTES)
    leave = path.unlink
    try:
        yield
    finally:
        listener.close()
        leave(missing_ok=True)
        for writer in list(writers):
            writer.close()
        await listener.wait_closed()


def ask_handset(path: Path, line: str) -> Answer:
    """Have the handset behind a socket carry out a verb, and wait for its answer.

    Raises:
        NoHandset: none listens there.
        LocalError: it could not be carried out, or the handset ended before it answered.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as calling:
        calling.settimeout(_PATIENCE_S)
        try:
            with unix_address(path) as address:
                calling.connect(address)
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            raise NoHandset(f"no handset listens on {path}") from None
        try:
            calling.sendall(json.dumps({"line": line}).encode() + b"\n")
            with calling.makefile("rb") as lines:
                told = lines.readline()
        except (TimeoutError, ConnectionError):
            told = b""
    if not told:
        raise LocalError("the handset did not answer")
    answer = json.loads(told)
    if not answer["ok"]:
        raise LocalError(answer["sentence"])
    return Answer(answer["text"], answer["data"])
