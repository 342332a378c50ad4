"""Asks under way: what may be repeated freely, and so simply is, on the next link, from where it stood.

A part comes down in chunks of its encoded bytes and goes on by its hash and offset; a part goes up from the offset
that the server has. Nothing here is durable or counted: an ask that dies with its link is asked again (spec ASK), until
it is answered or whoever wished for it wishes no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, unique
from hashlib import sha256
from typing import TypeAlias, assert_never

from google.protobuf.message import DecodeError

from thinline.convert import head_of, require
from thinline.errors import RemoteError
from thinline.frames import Answer, Ask, Chunk, Refusal
from thinline.items import ITEM_ID_BYTES, Head
from thinline.limits import LIMITS
from thinline.reasons import Reason, ReasonClass, class_of
from thinline.squeeze import inflate
from thinline.v1 import item_pb2, line_pb2
from thinline_emulator.fetches import Fetch
from thinline_emulator.pictures import GET_PICTURE, GetPicture, PictureCame, raster_of, read_info, size_of
from thinline_emulator.raster import Raster

__all__ = [
    "Answered", "AskState", "Asks", "Failed", "Find", "GetPart", "Listed", "Listing", "PartCame", "PartUp", "PutPart",
    "Query", "Standing", "Wish",
]  # fmt: skip

_GET_PART, _PUT_BLOB, _LIST_HEADS, _SEARCH = 1, 2, 3, 5
_RETRY_S = 10.0
_CHUNK_OVERHEAD_BYTES = 32
_STANDING_BYTES = 128


@dataclass(frozen=True, slots=True)
class GetPart:
    """A part of an item is wanted, or `length` bytes of its content from `start` on."""

    item: bytes
    name: str
    hash: bytes
    size: int
    start: int = 0
    length: int = 0  # 0 for the whole part

    @property
    def wanted_bytes(self) -> int:
        """How much of the content is to come."""
        return self.length or self.size


@dataclass(frozen=True, slots=True)
class PutPart:
    """A part is to go up."""

    hash: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """Heads beyond what memory holds are wanted, in the service's order."""

    collection: int
    cursor: bytes = b""
    behind: bytes = b""  # an item: begin behind it
    before: bytes = b""  # an item: what stands right before it


@dataclass(frozen=True, slots=True)
class Query:
    """An ask of a kind whose body and answer only the asking app reads: a service's own."""

    kind: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Find:
    """Heads in which all words of a text are found, in the service's order; so many at once, 0 for what fits."""

    collection: int
    text: str
    cursor: bytes = b""
    limit: int = 0


Wish: TypeAlias = GetPart | GetPicture | PutPart | Listing | Find | Query | Fetch
_InChunks = GetPart | GetPicture | Fetch


@dataclass(frozen=True, slots=True)
class PartCame:
    """A part is here, and its hash is right; of a stretch its size (spec PART-8)."""

    wish: GetPart
    data: bytes


@dataclass(frozen=True, slots=True)
class PartUp:
    """A part is on the server's disk."""

    hash: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """A stretch of a list; an empty cursor at its end."""

    wish: Listing | Find
    heads: tuple[Head, ...]
    cursor: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a query, as it came; or what was fetched, bytes or a picture."""

    wish: Query | Fetch
    body: bytes
    raster: Raster | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An ask will not be answered, for a final reason."""

    wish: Wish
    reason: int


AskFact: TypeAlias = PartCame | PictureCame | PartUp | Listed | Answered | Failed


@unique
class AskState(Enum):
    """How a wish stands."""

    WAITING = "waiting"  # for a link, for its turn, or for the time that a refusal named
    ASKED = "asked"
    CAME = "came"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody who wished sees of it.

    Attributes:
        got_bytes, of_bytes: of a part, as it travels; both 0 until its length was told.
        items: what a list brought, in its order; the heads are in the cache, as long as there is room.
        cursor: where the list goes on; empty at its end.
        body: the answer to a query, or the bytes that were fetched.
        raster: the picture that was fetched.
        reason: of a refusal that is final.
    """

    state: AskState
    got_bytes: int = 0
    of_bytes: int = 0
    items: tuple[bytes, ...] = ()
    cursor: bytes = b""
    body: bytes = b""
    raster: Raster | None = None
    reason: int = 0

    @property
    def size_bytes(self) -> int:
        """What it takes of the memory, about."""
        raster_bytes = self.raster.size_bytes if self.raster is not None else 0
        return _STANDING_BYTES + len(self.body) + ITEM_ID_BYTES * len(self.items) + raster_bytes


class _Open:
    """One ask, over as many links as it takes."""

    __slots__ = ("got", "info", "number", "offset", "retry_at", "sending", "wish")

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.number = 0  # on this link; 0 when it is not asked
        self.retry_at = 0.0
        self.got = bytearray()  # encoded bytes of a part that came
        self.info: line_pb2.PartInfo | line_pb2.PictureInfo | None = None
        self.offset = 0  # of a part that goes up: the next byte to send
        self.sending = False


class Asks:
    """All asks of one memory."""

    __slots__ = ("_last", "_open")

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._last = 0

    def __len__(self) -> int:
        return len(self._open)

    def next_at(self, now: float) -> float:
        """When a refused ask may be asked again; infinite where none waits for its time."""
        waiting = [one.retry_at for one in self._open if not one.number and one.retry_at > now]
        return min(waiting, default=float("inf"))

    @property
    def bytes_came(self) -> int:
        """Encoded bytes of unfinished parts."""
        return sum(len(one.got) for one in self._open)

    def put(self, wish: Wish) -> None:
        """Ask for something, once."""
        if self._find(wish) is None:
            self._open.append(_Open(wish))

    def drop(self, wish: Wish) -> None:
        """Nobody wishes it any more. A part that is on its way comes all the same: nothing can call its chunks back."""
        one = self._find(wish)
        if one is not None and not (one.number and isinstance(wish, _InChunks)):
            self._open.remove(one)

    def standing(self, wish: Wish) -> Standing | None:
        """How a wish stands that is not over; None for any other."""
        one = self._find(wish)
        if one is None:
            return None
        state = AskState.ASKED if one.number else AskState.WAITING
        if isinstance(one.wish, PutPart):
            return Standing(state, one.offset, len(one.wish.data))
        return Standing(state, len(one.got), one.info.encoded_size if one.info else 0)

    def _find(self, wish: Wish) -> _Open | None:
        return next((one for one in self._open if one.wish == wish), None)

    def linked(self) -> None:
        """A new link stands: everything is asked again."""
        for one in self._open:
            one.number = 0
            one.sending = False
            one.retry_at = 0.0
        self._last = 0

    def ready(self, now: float) -> Iterable[Ask]:
        """What to ask now."""
        under_way = sum(1 for one in self._open if one.number)
        for one in self._open:
            if not one.number and one.retry_at <= now and under_way < LIMITS.asks_open:
                self._last += 1
                under_way += 1
                one.number = self._last
                one.retry_at = 0.0
                yield Ask(one.number, *_body(one))

    def next_chunk(self, size_bytes: int) -> Chunk | None:
        """The next piece of a part that goes up, of at most that size on the link."""
        one = next((one for one in self._open if one.sending), None)
        if one is None:
            return None
        assert isinstance(one.wish, PutPart)
        end = one.offset + max(1, min(size_bytes, LIMITS.up_frame_bytes) - _CHUNK_OVERHEAD_BYTES)
        chunk = Chunk(one.number, one.offset, one.wish.data[one.offset : end], last=end >= len(one.wish.data))
        one.offset = end
        one.sending = not chunk.last
        return chunk

    def came(self, frame: Answer | Chunk | Refusal, now: float) -> AskFact | None:
        """Take what concerns an ask; returns what it came to, if it is over.

        Raises:
            RemoteError: MALFORMED, for an answer that is not one.
        """
        number = frame.ask if isinstance(frame, Chunk | Refusal) else frame.number
        one = next((one for one in self._open if one.number == number), None)
        if one is None:  # of an ask that is over
            return None
        try:
            fact = self._step(one, frame, now)
        except DecodeError as error:
            raise RemoteError(Reason.MALFORMED, "not an answer's body") from error
        if fact is not None:
            self._open.remove(one)
        return fact

    def _step(self, one: _Open, frame: Answer | Chunk | Refusal, now: float) -> AskFact | None:
        match frame, one.wish:
            case Refusal(), _:
                return _refused(one, frame, now)
            case Chunk(), GetPart() | GetPicture() | Fetch():
                return _piece(one, frame)
            case Answer(), Fetch() as wish:
                _told(one, wish.told(frame.body))
                return None
            case Answer(), GetPart() as wish:
                _told(one, _part_info(wish, frame.body))
                return None
            case Answer(), GetPicture() as wish:
                _told(one, read_info(wish, frame.body))
                return None
            case Answer(), PutPart(blob_hash, data):
                one.offset = line_pb2.PutReady.FromString(frame.body).offset
                one.sending = frame.more and one.offset < len(data)
                return None if frame.more else PartUp(blob_hash)
            case Answer(), (Listing() | Find()) as wish:
                told = line_pb2.HeadList.FromString(frame.body)
                return Listed(wish, tuple([head_of(head) for head in told.heads]), told.cursor)
            case Answer(body=body), Query() as wish:
                return Answered(wish, body)
            case _:
                return None


def _body(one: _Open) -> tuple[int, bytes]:
    match one.wish:
        case GetPart(item, name, blob_hash, _, start, length):
            part = line_pb2.GetPart(item=item, name=name, hash=blob_hash, start=start, length=length)
            part.offset = len(one.got)
            return _GET_PART, part.SerializeToString()
        case GetPicture() as wish:
            return GET_PICTURE, wish.body(offset=len(one.got))
        case PutPart(blob_hash, data):
            return _PUT_BLOB, line_pb2.PutBlob(hash=blob_hash, size=len(data)).SerializeToString()
        case Listing(collection, cursor, behind, before):
            number = item_pb2.Collection.ValueType(collection)
            wanted = line_pb2.ListHeads(collection=number, cursor=cursor, behind=behind, before=before)
            return _LIST_HEADS, wanted.SerializeToString()
        case Find(collection, text, cursor, limit):
            number = item_pb2.Collection.ValueType(collection)
            search = line_pb2.Search(collection=number, text=text, cursor=cursor, limit=limit)
            return _SEARCH, search.SerializeToString()
        case Query(kind, body):
            return kind, body
        case Fetch() as wish:
            return wish.kind, wish.asked(len(one.got))
        case _ as never:
            assert_never(never)


def _refused(one: _Open, refusal: Refusal, now: float) -> AskFact | None:
    one.number = 0
    one.sending = False
    if refusal.reason == Reason.OFFSET:  # the server's encoding changed, or its half is gone: begin again
        one.got.clear()
        one.retry_at = now + _RETRY_S
        return None
    if class_of(refusal.reason) is ReasonClass.RETRY:
        one.retry_at = now + (refusal.retry_after_ms / 1000 or _RETRY_S)
        return None
    return Failed(one.wish, refusal.reason)


def _part_info(wish: GetPart, body: bytes) -> line_pb2.PartInfo:
    info = line_pb2.PartInfo.FromString(body)
    require(info.size == wish.wanted_bytes, "the part has another size")
    return info


def _told(one: _Open, info: line_pb2.PartInfo | line_pb2.PictureInfo) -> None:
    """How it travels. Halves of two encodings are never joined."""
    require(info.encoded_size <= LIMITS.blob_bytes, "the part is too large")
    if one.info is not None and one.info != info and one.got:
        one.got.clear()
        one.number = 0  # the chunks of this answer begin in the middle: ask anew, from the start
    one.info = info


def _piece(one: _Open, chunk: Chunk) -> AskFact | None:
    info = one.info
    if info is None or chunk.offset != len(one.got) or len(one.got) + len(chunk.data) > info.encoded_size:
        raise RemoteError(Reason.MALFORMED, "a chunk out of its place")
    one.got += chunk.data
    if len(one.got) < info.encoded_size:
        return None
    size = info.size if isinstance(info, line_pb2.PartInfo) else size_of(info)
    data = inflate(bytes(one.got), 0, size) if info.encoding == line_pb2.ENCODING_ZSTD else bytes(one.got)
    match one.wish, info:
        case GetPart() as wish, _:
            if not wish.length and sha256(data).digest() != wish.hash:
                raise RemoteError(Reason.MALFORMED, "the part has another hash")
            return PartCame(wish, data)
        case Fetch() as wish, _:
            return Answered(wish, *wish.read(info, data))
        case GetPicture() as wish, line_pb2.PictureInfo():
            return PictureCame(wish, raster_of(info, data))
        case _:
            raise AssertionError(one.wish)
