"""What sites answered to forms, kept over a restart: it can not be asked for again, as any other page can.

The newest few of an account, as one note of the server's, sealed as all notes are. They are in no history and on no
handset; what is to stay is saved by its reader.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from thinline.squeeze import inflate, squeeze
from thinline_server.gateways.wish import Fetched
from thinline_server.outside import ReadNote, WriteNote
from thinline_server.requests import Refused, Request
from thinline_server.services.web.cache import Held

__all__ = ["Answers"]

_log = structlog.get_logger("thinline.web")

_NOTE = "web.answers"
_ANSWERS = 8  # of an account
_DOCUMENT_BYTES = 2_097_152  # of one
_BYTES = 262_144  # and compressed
_ALL_BYTES = 786_432


class Answers:
    """Of all accounts.

    Args:
        operate: asks the store.
    """

    def __init__(self, operate: Callable[[Request], Awaitable[Any]]) -> None:
        self._operate = operate
        self._writing = asyncio.Lock()

    async def keep(self, account: bytes, held: Held) -> None:
        """Keep the page with which a site answered `held.posting`; one too large is not kept."""
        if not 0 < len(held.document) <= _DOCUMENT_BYTES:
            return
        document = squeeze(held.document, 0)
        if len(document) > _BYTES:
            return
        told = {
            "posting": held.posting.hex(),
            "address": held.address,
            "status": held.status,
            "type": f"{held.media_type}; charset={held.charset}" if held.charset else held.media_type,
            "size": len(held.document),
            "received": held.fetched_bytes,
            "document": b64encode(document).decode(),
        }
        async with self._writing:
            kept = await self._read(account)
            if any(one["posting"] == told["posting"] for one in kept):
                return
            kept = [*kept, told][-_ANSWERS:]
            while sum(len(one["document"]) for one in kept) > _ALL_BYTES:
                del kept[0]
            written = await self._operate(WriteNote(account, _NOTE, json.dumps(kept).encode()))
        if isinstance(written, Refused):
            _log.warning("the answer to a form is not kept over a restart", why=written.detail)

    async def find(self, account: bytes, posting: bytes) -> Fetched | None:
        """The same as it came, if it is among those that are kept."""
        for one in await self._read(account):
            if one["posting"] == posting.hex():
                document = inflate(b64decode(one["document"]), 0, one["size"])
                headers = {"content-type": one["type"]}
                return Fetched(one["status"], one["address"], headers, document, one["received"])
        return None

    async def _read(self, account: bytes) -> list[dict[str, Any]]:
        note = await self._operate(ReadNote(account, _NOTE))
        assert isinstance(note, bytes), note
        kept: list[dict[str, Any]] = json.loads(note) if note else []
        return kept
