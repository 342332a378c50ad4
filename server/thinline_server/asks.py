"""Asks: what may be repeated freely, each kind as what it needs of the store and how the answer is told.

A table of kinds: 1 to 5 are the core's (a part, a part to bring up, a list, a picture, a search); from 16 on a service
has its own, which go as they are to the gateway that answers them. An ask never changes what anybody else sees (ASK).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from thinline.convert import head_message, require
from thinline.errors import RemoteError
from thinline.items import ITEM_ID_BYTES
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.search import needles
from thinline.v1 import line_pb2
from thinline_server.pictures.order import Print
from thinline_server.requests import (
    BlobRead,
    FindItems,
    GetBlob,
    GetPicture,
    HeadsRead,
    ListItems,
    OwnAsk,
    PutBegin,
    PutState,
    Refused,
    Request,
)

__all__ = [
    "CORE_ASKS", "GET_PART", "GET_PICTURE", "LIST_HEADS", "OWN_FROM", "PUT_BLOB", "SEARCH", "AskKind", "Download",
    "Reply", "Upload", "own_ask", "picture_reply", "read_ask",
]  # fmt: skip

GET_PART, PUT_BLOB, LIST_HEADS, GET_PICTURE, SEARCH = 1, 2, 3, 4, 5
OWN_FROM = 16  # on: services' own kinds
_HASH_BYTES = 32
_COLOURS_MOST = 256


@dataclass(frozen=True, slots=True)
class Download:
    """What follows an answer in chunks: the bytes as they travel, and where the handset wants to go on."""

    data: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Upload:
    """What the handset may bring up in chunks behind this answer."""

    hash: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer's body and what goes on behind it."""

    body: bytes
    follows: Download | Upload | None = None


@dataclass(frozen=True, slots=True)
class AskKind:
    """How one kind of ask is read and answered."""

    read: Callable[[bytes, bytes], Request]  # account and body to what the store is asked
    tell: Callable[[Request, object, bytes], Reply | Refused]  # that, the store's answer, and the body again


def _read_part(account: bytes, body: bytes) -> Request:
    message = line_pb2.GetPart.FromString(body)
    require(len(message.item) == ITEM_ID_BYTES, "an item id has 12 bytes")
    require(len(message.hash) == _HASH_BYTES, "a hash has 32 bytes")
    return GetBlob(account, message.item, message.name, message.hash, message.start, message.length)


def _tell_part(_request: Request, answer: object, body: bytes) -> Reply | Refused:
    assert isinstance(answer, BlobRead)
    offset = line_pb2.GetPart.FromString(body).offset
    if offset > len(answer.encoded):
        return Refused(Reason.OFFSET, "beyond the end")
    encoding = line_pb2.Encoding.ValueType(answer.encoding)
    info = line_pb2.PartInfo(encoding=encoding, encoded_size=len(answer.encoded), size=answer.size)
    return Reply(info.SerializeToString(), Download(answer.encoded, offset))


def _read_put(account: bytes, body: bytes) -> Request:
    message = line_pb2.PutBlob.FromString(body)
    require(len(message.hash) == _HASH_BYTES, "a hash has 32 bytes")
    require(message.size <= LIMITS.blob_bytes, "blob too large", Reason.TOO_LARGE)
    return PutBegin(account, message.hash, message.size)


def _tell_put(request: Request, answer: object, _body: bytes) -> Reply:
    assert isinstance(answer, PutState) and isinstance(request, PutBegin)
    ready = line_pb2.PutReady(offset=answer.offset).SerializeToString()
    return Reply(ready, None if answer.whole else Upload(request.hash, request.size))


def _read_list(account: bytes, body: bytes) -> Request:
    message = line_pb2.ListHeads.FromString(body)
    require({len(message.behind), len(message.before)} <= {0, ITEM_ID_BYTES}, "an item id has 12 bytes")
    limit = min(message.limit or LIMITS.heads_per_window, LIMITS.heads_per_window)
    return ListItems(account, message.collection, message.cursor, limit, message.behind, message.before)


def _read_search(account: bytes, body: bytes) -> Request:
    message = line_pb2.Search.FromString(body)
    require(len(message.text.encode()) <= LIMITS.search_bytes, "search text too long", Reason.TOO_LARGE)
    limit = min(message.limit or LIMITS.heads_per_window, LIMITS.heads_per_window)
    return FindItems(account, message.collection, needles(message.text), message.cursor, limit)


def _tell_list(_request: Request, answer: object, _body: bytes) -> Reply:
    assert isinstance(answer, HeadsRead)
    message = line_pb2.HeadList(cursor=answer.cursor)
    message.heads.extend(head_message(head) for head in answer.heads)
    return Reply(message.SerializeToString())


def _read_picture(account: bytes, body: bytes) -> Request:
    message = line_pb2.GetPicture.FromString(body)
    require(len(message.item) == ITEM_ID_BYTES, "an item id has 12 bytes")
    require(len(message.hash) == _HASH_BYTES, "a hash has 32 bytes")
    width, height = (min(side or LIMITS.picture_side, LIMITS.picture_side) for side in (message.width, message.height))
    colours = message.colours if 1 < message.colours <= _COLOURS_MOST else _COLOURS_MOST
    return GetPicture(account, message.item, message.name, message.hash, width, height, colours)


def _tell_picture(_request: Request, answer: object, body: bytes) -> Reply | Refused:
    assert isinstance(answer, Print)
    message = line_pb2.GetPicture.FromString(body)
    return picture_reply(answer, message.offset, measure=message.measure)


def picture_reply(answer: Print, offset: int, *, measure: bool) -> Reply | Refused:
    """A picture's info, and the raster behind it from an offset on, unless only its cost is wanted (spec PICT-1)."""
    if offset > len(answer.encoded):
        return Refused(Reason.OFFSET, "beyond the end")
    info = line_pb2.PictureInfo(
        encoding=line_pb2.ENCODING_ZSTD if answer.packed else line_pb2.ENCODING_IDENTITY,
        encoded_size=len(answer.encoded),
        width=answer.width,
        height=answer.height,
        colours=answer.colours,
        clear=answer.clear,
        hash=answer.hash,
        full_width=answer.full_width,
        full_height=answer.full_height,
    )
    return Reply(info.SerializeToString(), None if measure else Download(answer.encoded, offset))


CORE_ASKS: Mapping[int, AskKind] = {
    GET_PART: AskKind(_read_part, _tell_part),
    PUT_BLOB: AskKind(_read_put, _tell_put),
    LIST_HEADS: AskKind(_read_list, _tell_list),
    GET_PICTURE: AskKind(_read_picture, _tell_picture),
    SEARCH: AskKind(_read_search, _tell_list),
}


def _tell_own(_request: Request, answer: object, _body: bytes) -> Reply:
    assert isinstance(answer, Reply)
    return answer


def own_ask(number: int) -> AskKind:
    """A kind of a service's own: its body is read by whoever answers it."""
    assert number >= OWN_FROM, "what is below is the core's"
    return AskKind(lambda account, body: OwnAsk(account, number, body), _tell_own)


def read_ask(kind: AskKind, account: bytes, body: bytes) -> Request:
    """What the store is asked.

    Raises:
        RemoteError: MALFORMED or TOO_LARGE.
    """
    try:
        return kind.read(account, body)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "not an ask's body") from error
