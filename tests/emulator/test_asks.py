"""Asks: parts come down and go up over as many links as it takes, and halves of two are never joined."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from thinline.convert import head_message
from thinline.errors import RemoteError
from thinline.frames import Answer, Ask, Chunk, Refusal
from thinline.items import Head, Revision
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.squeeze import squeeze
from thinline.types import Collection
from thinline.v1 import line_pb2
from thinline_emulator.asks import (
    Answered,
    Asks,
    AskState,
    Failed,
    Find,
    GetPart,
    Listed,
    Listing,
    PartCame,
    PartUp,
    PutPart,
    Query,
    Standing,
)  # fmt: skip

ITEM = b"a" * 12
FACE = b"a face, a face, a face, a face, a face" * 10
WISH = GetPart(ITEM, "face", sha256(FACE).digest(), len(FACE))
PLAIN = line_pb2.PartInfo(encoding=line_pb2.ENCODING_IDENTITY, encoded_size=len(FACE), size=len(FACE))


def told(info: line_pb2.PartInfo, number: int = 1) -> Answer:
    return Answer(number, info.SerializeToString(), more=True)


def ready(offset: int, number: int = 1, *, more: bool = True) -> Answer:
    return Answer(number, line_pb2.PutReady(offset=offset).SerializeToString(), more)


def asked(asks: Asks, now: float = 0.0) -> list[Ask]:
    return list(asks.ready(now))


def getting() -> Asks:
    asks = Asks()
    asks.put(WISH)
    assert [(ask.number, ask.kind) for ask in asked(asks)] == [(1, 1)]
    return asks


def test_a_part_comes_in_chunks_and_its_hash_is_checked() -> None:
    asks = getting()
    asks.put(WISH)  # wished already
    assert asked(asks) == []
    assert asks.came(told(PLAIN), 0.0) is None
    assert asks.came(Chunk(1, 0, FACE[:100]), 0.0) is None
    assert asks.bytes_came == 100
    assert asks.came(Chunk(1, 100, FACE[100:], last=True), 0.0) == PartCame(WISH, FACE)
    assert len(asks) == 0
    assert asks.came(Chunk(1, 100, b"late"), 0.0) is None


def test_a_compressed_part_is_inflated_when_it_is_whole() -> None:
    packed = squeeze(FACE, 0)
    info = line_pb2.PartInfo(encoding=line_pb2.ENCODING_ZSTD, encoded_size=len(packed), size=len(FACE))
    asks = getting()
    asks.came(told(info), 0.0)
    assert asks.came(Chunk(1, 0, packed, last=True), 0.0) == PartCame(WISH, FACE)


def test_a_stretch_of_a_part_is_wanted_and_comes() -> None:
    """Spec PART-8: the hash is the whole part's, the size the stretch's."""
    asks, wish = Asks(), replace(WISH, start=10, length=20)
    asks.put(wish)
    body = line_pb2.GetPart.FromString(asked(asks)[0].body)
    assert (body.hash, body.start, body.length) == (WISH.hash, 10, 20)
    asks.came(told(line_pb2.PartInfo(encoding=line_pb2.ENCODING_IDENTITY, encoded_size=20, size=20)), 0.0)
    assert asks.came(Chunk(1, 0, FACE[10:30], last=True), 0.0) == PartCame(wish, FACE[10:30])


def test_a_stretch_of_another_size_is_refused() -> None:
    """Spec PART-8."""
    asks = Asks()
    asks.put(replace(WISH, start=10, length=20))
    asked(asks)
    with pytest.raises(RemoteError, match="another size"):
        asks.came(told(PLAIN), 0.0)


def test_the_next_link_goes_on_where_the_last_one_ended() -> None:
    """Spec ASK-4."""
    asks = getting()
    asks.came(told(PLAIN), 0.0)
    asks.came(Chunk(1, 0, FACE[:100]), 0.0)
    asks.linked()
    (ask,) = asked(asks)
    assert line_pb2.GetPart.FromString(ask.body).offset == 100
    asks.came(told(PLAIN), 0.0)
    assert asks.came(Chunk(1, 100, FACE[100:]), 0.0) == PartCame(WISH, FACE)


def test_another_encoding_begins_anew() -> None:
    asks = getting()
    asks.came(told(PLAIN), 0.0)
    asks.came(Chunk(1, 0, FACE[:100]), 0.0)
    asks.linked()
    asked(asks)
    other = line_pb2.PartInfo(encoding=line_pb2.ENCODING_ZSTD, encoded_size=50, size=len(FACE))
    asks.came(told(other), 0.0)
    assert asks.came(Chunk(1, 100, b"in the middle"), 0.0) is None
    (again,) = asked(asks)
    assert line_pb2.GetPart.FromString(again.body).offset == 0
    assert again.number == 2


@pytest.mark.parametrize(
    ("info", "chunk"),
    [
        (line_pb2.PartInfo(encoded_size=5, size=1), None),
        (line_pb2.PartInfo(encoded_size=LIMITS.blob_bytes + 1, size=len(FACE)), None),
        (None, Chunk(1, 0, b"before it was announced")),
        (PLAIN, Chunk(1, 5, b"out of its place")),
        (PLAIN, Chunk(1, 0, FACE + b"more than announced")),
        (PLAIN, Chunk(1, 0, bytes(len(FACE)))),
    ],
)
def test_what_can_not_be_is_refused(info: line_pb2.PartInfo | None, chunk: Chunk | None) -> None:
    """Spec PART-4, with the last of these."""
    asks = getting()
    first, *second = [one for one in (told(info) if info else None, chunk) if one]
    if second:
        asks.came(first, 0.0)
    with pytest.raises(RemoteError):
        asks.came(second[0] if second else first, 0.0)


def test_an_answer_that_is_none_is_refused() -> None:
    asks = getting()
    with pytest.raises(RemoteError):
        asks.came(Answer(1, b"\xff\xff"), 0.0)


def test_a_part_goes_up_from_where_the_server_stands() -> None:
    asks = Asks()
    asks.put(PutPart(WISH.hash, FACE))
    (ask,) = asked(asks)
    assert (ask.kind, line_pb2.PutBlob.FromString(ask.body).size) == (2, len(FACE))
    assert asks.next_chunk(100) is None
    asks.came(ready(300), 0.0)
    first = asks.next_chunk(72)
    assert first == Chunk(1, 300, FACE[300:340])
    last = asks.next_chunk(1 << 20)
    assert last == Chunk(1, 340, FACE[340:], last=True)
    assert asks.next_chunk(100) is None
    assert asks.came(ready(len(FACE), more=False), 0.0) == PartUp(WISH.hash)


def test_a_part_that_the_server_has_already_is_up_at_once() -> None:
    asks = Asks()
    asks.put(PutPart(WISH.hash, FACE))
    asked(asks)
    assert asks.came(ready(len(FACE), more=False), 0.0) == PartUp(WISH.hash)


def test_a_list_is_told() -> None:
    asks = Asks()
    asks.put(Listing(1, b"from here"))
    (ask,) = asked(asks)
    assert line_pb2.ListHeads.FromString(ask.body).cursor == b"from here"
    head = Head(ITEM, 3, Revision(1, bytes(8)), 1, b"")
    body = line_pb2.HeadList(heads=[head_message(head)], cursor=b"to there").SerializeToString()
    assert asks.came(Answer(1, body), 0.0) == Listed(Listing(1, b"from here"), (head,), b"to there")
    asks.put(Listing(1, behind=ITEM))  # spec ASK-8
    assert line_pb2.ListHeads.FromString(asked(asks)[0].body).behind == ITEM
    asks.put(Listing(1, before=ITEM))  # spec ASK-14
    assert line_pb2.ListHeads.FromString(asked(asks)[0].body).before == ITEM


def test_chunks_of_what_is_no_part_are_passed_over() -> None:
    asks = Asks()
    asks.put(Listing(1))
    asked(asks)
    assert asks.came(Chunk(1, 0, b"?"), 0.0) is None


def test_busy_is_asked_again_and_final_is_told() -> None:
    asks = getting()
    assert asks.came(Refusal(Reason.BUSY, "", 40_000, ask=1), 100.0) is None
    assert asks.next_at(100.0) == 140.0
    assert asks.next_at(140.0) == float("inf")
    assert asked(asks, 139.0) == []
    assert [ask.number for ask in asked(asks, 140.0)] == [2]
    assert asks.came(Refusal(Reason.NO_SUCH_PART, "", ask=2), 140.0) == Failed(WISH, Reason.NO_SUCH_PART)


def test_a_wrong_offset_begins_anew() -> None:
    asks = getting()
    asks.came(told(PLAIN), 0.0)
    asks.came(Chunk(1, 0, FACE[:100]), 0.0)
    assert asks.came(Refusal(Reason.OFFSET, "", ask=1), 0.0) is None
    assert asks.bytes_came == 0
    (again,) = asked(asks, 10.0)
    assert line_pb2.GetPart.FromString(again.body).offset == 0


def test_an_upload_that_was_refused_sends_no_more_chunks() -> None:
    asks = Asks()
    asks.put(PutPart(WISH.hash, FACE))
    asked(asks)
    asks.came(ready(0), 0.0)
    asks.came(Refusal(Reason.FULL, "", ask=1), 0.0)
    assert asks.next_chunk(100) is None


def test_no_more_are_open_than_the_server_takes() -> None:
    asks = Asks()
    for number in range(LIMITS.asks_open + 1):
        asks.put(Listing(number % 10, bytes([number])))
    assert len(asked(asks)) == LIMITS.asks_open
    assert asks.next_at(0.0) == float("inf")


def test_a_search_is_asked_and_answered_like_a_list() -> None:
    """Spec ASK-9."""
    asks, wish = Asks(), Find(1, "bob", b"c", 7)
    asks.put(wish)
    (ask,) = asked(asks)
    assert (ask.kind, line_pb2.Search.FromString(ask.body)) == (
        5, line_pb2.Search(collection=Collection.COLLECTION_CONTACTS, text="bob", cursor=b"c", limit=7)
    )  # fmt: skip
    assert asks.came(Answer(1, line_pb2.HeadList(cursor=b"d").SerializeToString()), 0.0) == Listed(wish, (), b"d")


def test_a_query_goes_and_comes_as_its_app_wrote_it() -> None:
    asks, wish = Asks(), Query(16, b"where is Bob?")
    asks.put(wish)
    assert asked(asks) == [Ask(1, 16, b"where is Bob?")]
    assert asks.came(Answer(1, b"in a tunnel"), 0.0) == Answered(wish, b"in a tunnel")


def test_what_nobody_wishes_any_more_is_not_asked_and_its_answer_is_passed_over() -> None:
    asks = Asks()
    first, second = Query(16, b"1"), Query(16, b"2")
    asks.put(first)
    assert len(asked(asks)) == 1
    asks.put(second)
    asks.drop(first)
    asks.drop(second)
    asks.drop(second)
    assert (asked(asks), len(asks)) == ([], 0)
    assert asks.came(Answer(1, b"late"), 0.0) is None


def test_a_part_on_its_way_comes_all_the_same() -> None:
    asks = getting()
    asks.drop(WISH)
    asks.came(told(PLAIN), 0.0)
    assert asks.came(Chunk(1, 0, FACE, last=True), 0.0) == PartCame(WISH, FACE)


def test_how_a_wish_stands() -> None:
    asks = Asks()
    assert asks.standing(WISH) is None
    asks.put(WISH)
    assert asks.standing(WISH) == Standing(AskState.WAITING)
    asked(asks)
    asks.came(told(PLAIN), 0.0)
    asks.came(Chunk(1, 0, FACE[:100]), 0.0)
    assert asks.standing(WISH) == Standing(AskState.ASKED, 100, len(FACE))
    asks.linked()
    assert asks.standing(WISH) == Standing(AskState.WAITING, 100, len(FACE))
    up = PutPart(WISH.hash, FACE)
    asks.put(up)
    asked(asks)
    asks.came(ready(30, 2), 0.0)
    assert asks.standing(up) == Standing(AskState.ASKED, 30, len(FACE))
