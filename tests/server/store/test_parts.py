"""Parts: up in pieces, resumed where they were cut, checked, kept compressed; down to their owner only. D8, D9, T2."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from random import Random

import pytest

from powered import People, PoweredServer, Told, contact
from thinline.intents import Create
from thinline.items import Blob
from thinline.limits import LIMITS
from thinline.merge import Content
from thinline.reasons import Reason
from thinline.squeeze import inflate
from thinline.v1 import line_pb2
from thinline_server.requests import Aside, BlobRead, GetBlob, PutBegin, PutChunk, PutState, Refused
from thinline_server.store.parts import OPEN_UPLOADS, has_part

ITEM = b"twelve bytes"
TEXT = b"a tunnel, and then another tunnel; " * 100
NOISE = Random(1).randbytes(5_000)


def hashed(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def put(server: PoweredServer, handset: Told, data: bytes, piece: int = 1_000) -> PutState | Refused:
    state = server.one(PutBegin(handset.account, hashed(data), len(data)))
    while isinstance(state, PutState) and not state.whole:
        chunk = data[state.offset : state.offset + piece]
        state = server.one(PutChunk(handset.account, hashed(data), len(data), state.offset, chunk))
    assert isinstance(state, PutState | Refused)
    return state


def hang(server: PoweredServer, handset: Told, data: bytes) -> GetBlob:
    """A contact with that part, and the request for it."""
    blob = Blob("face", hashed(data), len(data))
    server.do(handset, Create(ITEM, 1, Content(contact("carol"), (blob,))))
    return GetBlob(handset.account, ITEM, "face", hashed(data))


@pytest.mark.parametrize("data", [TEXT, NOISE, b"", b"x"])
def test_a_part_goes_up_and_comes_down_as_it_is_stored(server: PoweredServer, people: People, data: bytes) -> None:
    """PART-2: compressed whole where that is shorter."""
    assert put(server, people.alice, data) == PutState(len(data), True)
    read = server.one(hang(server, people.alice, data))
    assert isinstance(read, BlobRead)
    assert read.size == len(data)
    if data is TEXT:
        assert read.encoding == line_pb2.ENCODING_ZSTD
        assert len(read.encoded) < len(data)
    else:
        assert (read.encoding, read.encoded) == (line_pb2.ENCODING_IDENTITY, data)
    assert server.store._tables.rows("SELECT * FROM pieces") == []


@pytest.mark.parametrize("data", [TEXT, NOISE])
@pytest.mark.parametrize("start", [0, 700, 2_000])
def test_a_stretch_of_a_part_comes_as_a_part(server: PoweredServer, people: People, data: bytes, start: int) -> None:
    """PART-8."""
    put(server, people.alice, data)
    whole = hang(server, people.alice, data)
    read = server.one(replace(whole, start=start, length=1_500))
    assert isinstance(read, BlobRead)
    packed = read.encoding == line_pb2.ENCODING_ZSTD
    assert (inflate(read.encoded, 0, 1_500) if packed else read.encoded) == data[start : start + 1_500]
    assert (packed, read.size) == (data is TEXT, 1_500)


def test_a_stretch_beyond_the_end_is_no_part(server: PoweredServer, people: People) -> None:
    """PART-8."""
    put(server, people.alice, TEXT)
    whole = hang(server, people.alice, TEXT)
    assert isinstance(server.one(replace(whole, start=len(TEXT) - 1, length=1)), BlobRead)
    assert server.one(replace(whole, start=len(TEXT) - 1, length=2)) == Refused(Reason.NO_SUCH_PART)
    assert server.one(replace(whole, start=2**63, length=2**63)) == Refused(Reason.NO_SUCH_PART)


def test_an_upload_goes_on_where_it_was_cut(server: PoweredServer, people: People) -> None:
    """PART-5: also after the server was."""
    account, content_hash = people.alice.account, hashed(NOISE)
    server.one(PutBegin(account, content_hash, len(NOISE)))
    assert server.one(PutChunk(account, content_hash, len(NOISE), 0, NOISE[:700])) == PutState(700, False)
    server.disk.cut()
    server.disk.reboot()
    server.boot()
    assert server.one(PutBegin(account, content_hash, len(NOISE))) == PutState(700, False)
    assert server.one(PutChunk(account, content_hash, len(NOISE), 0, NOISE[:700])) == Refused(Reason.OFFSET)
    assert put(server, people.alice, NOISE) == PutState(len(NOISE), True)
    assert server.one(PutBegin(account, content_hash, len(NOISE))) == PutState(len(NOISE), True)
    late = PutChunk(account, content_hash, len(NOISE), 700, NOISE[700:])
    assert server.one(late) == PutState(len(NOISE), True), "the answer was lost; it is whole all the same"


def test_another_hash_than_its_own_is_forgotten(server: PoweredServer, people: People) -> None:
    """PART-7."""
    account = people.alice.account
    server.one(PutBegin(account, hashed(NOISE), len(TEXT)))
    answer = server.one(PutChunk(account, hashed(NOISE), len(TEXT), 0, TEXT))
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.INVALID
    assert server.store._tables.rows("SELECT * FROM uploads") == []
    assert not any(name.startswith("blobs/") for _, name in server.disk.trace)


def test_bounds(server: PoweredServer, people: People) -> None:
    account = people.alice.account
    assert server.one(PutBegin(account, hashed(b""), LIMITS.blob_bytes + 1)) == Refused(Reason.TOO_LARGE)
    assert server.one(PutBegin(account, b"short", 5)) == Refused(Reason.MALFORMED)
    assert server.one(PutChunk(account, hashed(TEXT), 5, 0, b"hello")) == Refused(Reason.OFFSET)
    server.one(PutBegin(account, hashed(TEXT), 3))
    assert server.one(PutChunk(account, hashed(TEXT), 3, 0, b"four")) == Refused(Reason.TOO_LARGE)
    assert server.one(PutChunk(account, hashed(TEXT), 4, 0, b"four")) == Refused(Reason.OFFSET), "another size"
    assert server.one(PutBegin(account, hashed(TEXT), 9)) == PutState(0, False), "begun again"


def test_the_oldest_of_too_many_uploads_gives_way(server: PoweredServer, people: People) -> None:
    for number in range(OPEN_UPLOADS + 2):
        data = bytes([number]) * 10
        server.now_ms += 1
        server.one(PutBegin(people.alice.account, hashed(data), 10))
        server.one(PutChunk(people.alice.account, hashed(data), 10, 0, data[:5]))
    for table in ("uploads", "pieces"):
        assert server.store._tables.rows(f"SELECT count(*) FROM {table}") == [(OPEN_UPLOADS,)]
    gone = server.one(PutBegin(people.alice.account, hashed(bytes(10)), 10))
    assert gone == PutState(0, False)


def test_whoever_does_not_have_the_item_gets_one_answer(server: PoweredServer, people: People) -> None:
    """Spec ASK-6. T2, PART-3."""
    put(server, people.alice, TEXT)
    request = hang(server, people.alice, TEXT)
    nothing = Refused(Reason.NO_SUCH_PART)
    put(server, people.bob, TEXT)
    for other in (
        GetBlob(people.bob.account, ITEM, "face", hashed(TEXT)),
        GetBlob(people.alice.account, b"another item", "face", hashed(TEXT)),
        GetBlob(people.alice.account, ITEM, "feet", hashed(TEXT)),
        GetBlob(people.alice.account, ITEM, "face", hashed(NOISE)),
    ):
        assert server.one(other) == nothing
    server.store._tables.execute("DELETE FROM blobs WHERE account = ?", (people.alice.account,))
    assert server.one(request) == nothing


def test_a_small_part_lies_in_its_row(server: PoweredServer, people: People) -> None:
    """PART-2, PART-8, D8, D9: the commit that says it is there has it, and no file is made."""
    server.blobs.least_bytes = len(TEXT) + 1
    assert put(server, people.alice, TEXT) == PutState(len(TEXT), True)
    request = hang(server, people.alice, TEXT)
    whole = server.one(request)
    assert isinstance(whole, BlobRead)
    assert inflate(whole.encoded, 0, len(TEXT)) == TEXT
    stretch = server.one(replace(request, start=700, length=10))
    assert isinstance(stretch, BlobRead)
    assert stretch.encoded == TEXT[700:710]
    assert put(server, people.alice, NOISE) == PutState(len(NOISE), True)
    assert {name for _, name in server.disk.trace if name.startswith("blobs/")} == {
        f"blobs/{people.alice.account.hex()}/{hashed(NOISE).hex()}"
    }, "a larger one is a file"
    for damage in (b"", b"another"):
        server.store._tables.execute("UPDATE blobs SET data = ? WHERE hash = ?", (damage, hashed(TEXT)))
        answer = server.one(request)
        assert isinstance(answer, Refused)
        assert answer.reason is Reason.STORE_FAILED


def test_a_large_part_is_checked_and_read_beside_the_store(server: PoweredServer, people: People) -> None:
    """PART-6, D9: nobody's commit waits for it; after a power cut meanwhile, whoever asks makes it whole."""
    account, begin = people.alice.account, PutBegin(people.alice.account, hashed(NOISE), len(NOISE))
    last = PutChunk(account, hashed(NOISE), len(NOISE), 0, NOISE)
    server.one(begin)
    assert isinstance(server.store.serve([last])[0], Aside)
    server.disk.cut()
    server.disk.reboot()
    server.boot()
    assert not has_part(server.store._context, account, hashed(NOISE))
    asides = server.store.serve([begin, replace(begin, size=len(NOISE) + 1)])
    assert isinstance(asides[0], Aside)
    assert asides[1] == PutState(0, False), "somebody claims that it has another size, and begins anew"
    assert server.store.serve([asides[0].work()]) == [PutState(len(NOISE), True)]
    assert server.store._tables.rows("SELECT * FROM uploads") == []
    (aside,) = server.store.serve([hang(server, people.alice, NOISE)])
    assert isinstance(aside, Aside)
    assert server.store.serve([aside.work()]) == [BlobRead(line_pb2.ENCODING_IDENTITY, NOISE, len(NOISE))]


@pytest.mark.parametrize("damage", [b"", b"\0" * 50, TEXT, NOISE], ids=["empty", "zeros", "unpacked", "another"])
def test_damage_is_an_error_and_never_another_value(server: PoweredServer, people: People, damage: bytes) -> None:
    """D8."""
    put(server, people.alice, TEXT)
    request = hang(server, people.alice, TEXT)
    name = f"blobs/{people.alice.account.hex()}/{hashed(TEXT).hex()}"
    server.disk.replace(name, damage)
    answer = server.one(request)
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.STORE_FAILED
    server.disk.replace(name, None)
    assert server.one(request) == answer
    assert server.store.failed is None, "one damaged part is not the end of the store"
