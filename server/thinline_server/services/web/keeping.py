"""Bytes of the server's own making as a part of an account, the way a handset brings one up: on stable storage."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from thinline.items import Blob
from thinline_server.requests import PutBegin, PutChunk, PutState, Refused, Request

__all__ = ["keep_part"]

_PIECE_BYTES = 262_144


async def keep_part(
    operate: Callable[[Request], Awaitable[Any]], account: bytes, name: str, data: bytes
) -> Blob | Refused:
    """The part, once it is there; what is there already is not written again."""
    blob = Blob(name, hashlib.sha256(data).digest(), len(data))
    state = await operate(PutBegin(account, blob.hash, blob.size))
    while isinstance(state, PutState) and not state.whole:
        piece = data[state.offset : state.offset + _PIECE_BYTES]
        state = await operate(PutChunk(account, blob.hash, blob.size, state.offset, piece))
    return state if isinstance(state, Refused) else blob
