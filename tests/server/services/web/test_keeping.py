"""Bytes of the server's own become parts as those of handsets do."""

from __future__ import annotations

import hashlib

from gates import Gate
from thinline.items import Blob
from thinline.reasons import Reason
from thinline_server.requests import PutBegin, PutChunk, Refused
from thinline_server.services.web.keeping import keep_part


async def test_a_part_is_written_once() -> None:
    gate = Gate()
    alice = gate.account("alice")
    data = bytes(300_000)
    gate.asked.clear()
    blob = await keep_part(gate.operate, alice, "file", data)
    assert blob == Blob("file", hashlib.sha256(data).digest(), len(data))
    assert [type(one) for one in gate.asked] == [PutBegin, PutChunk, PutChunk]
    assert await keep_part(gate.operate, alice, "other", data) == Blob("other", blob.hash, blob.size)
    assert [type(one) for one in gate.asked] == [PutBegin, PutChunk, PutChunk, PutBegin]
    assert await keep_part(gate.operate, alice, "file", b"") == Blob("file", hashlib.sha256().digest(), 0)


async def test_a_store_that_refuses_is_told() -> None:
    gate = Gate()
    gate.answers[PutBegin] = Refused(Reason.FULL)
    assert await keep_part(gate.operate, bytes(8), "file", b"x") == Refused(Reason.FULL)
