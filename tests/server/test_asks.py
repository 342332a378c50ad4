"""Asks: how each of the core's kinds is read, and how its answer is told."""

from __future__ import annotations

import pytest

from thinline.errors import RemoteError
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.testing import samples
from thinline.types import Collection
from thinline.v1 import line_pb2
from thinline_server.asks import (
    CORE_ASKS,
    GET_PART,
    GET_PICTURE,
    LIST_HEADS,
    PUT_BLOB,
    SEARCH,
    Download,
    Reply,
    Upload,
    read_ask,
)  # fmt: skip
from thinline_server.pictures.order import Print
from thinline_server.requests import (
    BlobRead,
    FindItems,
    GetBlob,
    GetPicture,
    HeadsRead,
    ListItems,
    PutBegin,
    PutState,
    Refused,
    Request,
)

ACCOUNT = b"account1"
ITEM = bytes(range(12))
HASH = bytes(range(32))
CONTACTS = Collection.COLLECTION_CONTACTS


def read(kind: int, body: bytes) -> Request:
    return read_ask(CORE_ASKS[kind], ACCOUNT, body)


def refused(kind: int, body: bytes) -> Reason:
    with pytest.raises(RemoteError) as raised:
        read(kind, body)
    return raised.value.reason


@pytest.mark.parametrize("kind", CORE_ASKS)
def test_a_body_that_is_none_is_malformed(kind: int) -> None:
    assert refused(kind, b"\xff") is Reason.MALFORMED


def get_part(**told: object) -> bytes:
    part = line_pb2.GetPart(item=ITEM, name="face", hash=HASH)
    part.MergeFrom(line_pb2.GetPart(**told))  # type: ignore[arg-type]
    return part.SerializeToString()


def test_a_part_is_asked_for_by_item_name_and_hash() -> None:
    """Spec PART-1: by its hash too, so that halves of two versions are never joined."""
    assert read(GET_PART, get_part()) == GetBlob(ACCOUNT, ITEM, "face", HASH)
    assert read(GET_PART, get_part(start=7, length=9)) == GetBlob(ACCOUNT, ITEM, "face", HASH, 7, 9)  # spec PART-8


@pytest.mark.parametrize("told", [{"item": b"short"}, {"hash": b"short"}])
def test_ids_and_hashes_have_their_lengths(told: dict[str, object]) -> None:
    assert refused(GET_PART, get_part(**told)) is Reason.MALFORMED
    assert refused(PUT_BLOB, line_pb2.PutBlob(hash=b"short").SerializeToString()) is Reason.MALFORMED


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_a_part_follows_its_answer_from_the_offset_on(offset: int) -> None:
    """Spec PART-2: offsets count in what travels."""
    body = get_part(offset=offset)
    reply = CORE_ASKS[GET_PART].tell(read(GET_PART, body), BlobRead(line_pb2.ENCODING_ZSTD, b"zstd", 9), body)
    info = line_pb2.PartInfo(encoding=line_pb2.ENCODING_ZSTD, encoded_size=4, size=9)
    assert reply == Reply(info.SerializeToString(), Download(b"zstd", offset))


def test_an_offset_beyond_the_end_is_refused() -> None:
    body = get_part(offset=5)
    reply = CORE_ASKS[GET_PART].tell(read(GET_PART, body), BlobRead(line_pb2.ENCODING_ZSTD, b"zstd", 9), body)
    assert reply == Refused(Reason.OFFSET, "beyond the end")


def get_picture(**told: object) -> bytes:
    part = line_pb2.GetPicture(item=ITEM, name="photo", hash=HASH)
    part.MergeFrom(line_pb2.GetPicture(**told))  # type: ignore[arg-type]
    return part.SerializeToString()


MADE = Print(60, 40, 3, 1, 600, 400, packed=True, hash=HASH, encoded=b"raster")


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({}, (1_024, 1_024, 256)),
        ({"width": 60, "height": 40, "colours": 16}, (60, 40, 16)),
        ({"width": 5_000, "colours": 1}, (1_024, 1_024, 256)),
        ({"height": 7, "colours": 300}, (1_024, 7, 256)),
    ],
)
def test_a_picture_is_asked_for_within_bounds(told: dict[str, object], asked: tuple[int, int, int]) -> None:
    """Spec PICT-2."""
    assert read(GET_PICTURE, get_picture(**told)) == GetPicture(ACCOUNT, ITEM, "photo", HASH, *asked)


@pytest.mark.parametrize("told", [{"item": b"short"}, {"hash": b"short"}])
def test_a_picture_s_part_is_named_as_any_part(told: dict[str, object]) -> None:
    assert refused(GET_PICTURE, get_picture(**told)) is Reason.MALFORMED


def test_what_a_picture_costs_is_told_before_it_or_without_it() -> None:
    """Spec PICT-1."""
    body = get_picture(offset=2)
    reply = CORE_ASKS[GET_PICTURE].tell(read(GET_PICTURE, body), MADE, body)
    assert isinstance(reply, Reply)
    assert reply.follows == Download(b"raster", 2)
    info = line_pb2.PictureInfo.FromString(reply.body)
    assert (info.encoding, info.encoded_size, info.hash) == (line_pb2.ENCODING_ZSTD, 6, HASH)
    assert (info.width, info.height, info.colours, info.clear) == (60, 40, 3, 1)
    assert (info.full_width, info.full_height) == (600, 400)
    body = get_picture(measure=True)
    measured = CORE_ASKS[GET_PICTURE].tell(read(GET_PICTURE, body), MADE._replace(packed=False), body)
    assert isinstance(measured, Reply)
    assert measured.follows is None
    assert line_pb2.PictureInfo.FromString(measured.body).encoding == line_pb2.ENCODING_IDENTITY
    body = get_picture(offset=7)
    assert CORE_ASKS[GET_PICTURE].tell(read(GET_PICTURE, body), MADE, body) == Refused(Reason.OFFSET, "beyond the end")


def put_blob(size: int) -> bytes:
    return line_pb2.PutBlob(hash=HASH, size=size).SerializeToString()


def test_a_part_may_come_up_from_where_the_store_has_it() -> None:
    request = read(PUT_BLOB, put_blob(9))
    assert request == PutBegin(ACCOUNT, HASH, 9)
    reply = CORE_ASKS[PUT_BLOB].tell(request, PutState(4, whole=False), put_blob(9))
    assert reply == Reply(line_pb2.PutReady(offset=4).SerializeToString(), Upload(HASH, 9))


def test_nothing_follows_for_a_part_that_is_there() -> None:
    request = read(PUT_BLOB, put_blob(9))
    reply = CORE_ASKS[PUT_BLOB].tell(request, PutState(9, whole=True), put_blob(9))
    assert reply == Reply(line_pb2.PutReady(offset=9).SerializeToString())


def test_a_part_has_a_most() -> None:
    assert read(PUT_BLOB, put_blob(LIMITS.blob_bytes)) == PutBegin(ACCOUNT, HASH, LIMITS.blob_bytes)
    assert refused(PUT_BLOB, put_blob(LIMITS.blob_bytes + 1)) is Reason.TOO_LARGE


@pytest.mark.parametrize(("wished", "asked"), [(0, 64), (3, 3), (1_000, 64)])
def test_a_list_has_a_most(wished: int, asked: int) -> None:
    body = line_pb2.ListHeads(collection=CONTACTS, cursor=b"c", limit=wished).SerializeToString()
    assert read(LIST_HEADS, body) == ListItems(ACCOUNT, CONTACTS, b"c", asked)


def test_a_list_may_begin_behind_an_item() -> None:
    """Spec ASK-8."""
    body = line_pb2.ListHeads(collection=CONTACTS, behind=ITEM).SerializeToString()
    assert read(LIST_HEADS, body) == ListItems(ACCOUNT, CONTACTS, b"", LIMITS.heads_per_window, ITEM)
    assert refused(LIST_HEADS, line_pb2.ListHeads(behind=b"short").SerializeToString()) is Reason.MALFORMED
    assert refused(LIST_HEADS, line_pb2.ListHeads(before=b"short").SerializeToString()) is Reason.MALFORMED
    body = line_pb2.ListHeads(collection=CONTACTS, before=ITEM).SerializeToString()  # spec ASK-14
    assert read(LIST_HEADS, body) == ListItems(ACCOUNT, CONTACTS, b"", LIMITS.heads_per_window, b"", ITEM)


def test_a_list_tells_heads_and_where_to_go_on() -> None:
    body = line_pb2.ListHeads(collection=CONTACTS).SerializeToString()
    reply = CORE_ASKS[LIST_HEADS].tell(read(LIST_HEADS, body), HeadsRead((samples.HEAD,), b"more"), body)
    assert isinstance(reply, Reply)
    assert reply.follows is None
    told = line_pb2.HeadList.FromString(reply.body)
    assert [head.item for head in told.heads] == [samples.HEAD.item]
    assert told.cursor == b"more"


@pytest.mark.parametrize(("wished", "asked"), [(0, 64), (3, 3), (1_000, 64)])
def test_a_search_has_a_most(wished: int, asked: int) -> None:
    """Spec ASK-12."""
    message = line_pb2.Search(collection=CONTACTS, text="Bob Ø", cursor=b"c", limit=wished)
    request = read(SEARCH, message.SerializeToString())
    assert request == FindItems(ACCOUNT, CONTACTS, (" bob", " o"), b"c", asked)
    reply = CORE_ASKS[SEARCH].tell(request, HeadsRead((samples.HEAD,), b"on"), b"")
    assert isinstance(reply, Reply)
    assert line_pb2.HeadList.FromString(reply.body).cursor == b"on"
    longest = read(SEARCH, line_pb2.Search(text="x" * 256).SerializeToString())
    assert isinstance(longest, FindItems)
    assert refused(SEARCH, line_pb2.Search(text="ø" * 129).SerializeToString()) is Reason.TOO_LARGE
