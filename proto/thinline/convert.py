"""Frames to protobuf messages and back: the only place that knows both.

Every dataclass of `frames` has the field names of its message, so one rule a field type is enough. Reading checks
what the schema cannot say (lengths, counts, ranges), so that an illegal value is never built (spec LIMIT-1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from sys import intern
from typing import Any

from thinline import frames
from thinline.errors import RemoteError
from thinline.history import CHAIN_BYTES, Point
from thinline.items import ITEM_ID_BYTES, Blob, Head, Revision
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.squeeze import DICTIONARIES
from thinline.v1 import item_pb2, line_pb2

__all__ = [
    "ID_BYTES",
    "LINK_BYTES",
    "NONCE_BYTES",
    "blob_of",
    "from_message",
    "head_message",
    "head_of",
    "into_message",
    "point_of",
    "put_point",
    "require",
]

ID_BYTES = 8  # of an account or a handset
LINK_BYTES = 8
NONCE_BYTES = 16
_DIGEST_BYTES = 8
_HASH_BYTES = 32


def require(condition: bool, detail: str, reason: Reason = Reason.MALFORMED) -> None:
    """Refuse what the peer sent unless the condition holds.

    Raises:
        RemoteError: with the reason.
    """
    if not condition:
        raise RemoteError(reason, detail)


def put_point(point: Point, message: item_pb2.Point) -> None:
    """A point for the wire, into its place."""
    message.position = point.position
    message.proof = point.proof


def point_of(message: item_pb2.Point) -> Point:
    """A point from the wire, checked."""
    require(message.position <= LIMITS.position, "position beyond 2^53")
    require(len(message.proof) == CHAIN_BYTES, "a point's proof has 16 bytes")
    return Point(message.position, message.proof)


def blob_of(message: item_pb2.Blob) -> Blob:
    """A blob's name, hash and size, checked."""
    require(0 < len(message.name.encode()) <= LIMITS.name_bytes, "a blob's name has 1 to 64 bytes")
    require(len(message.hash) == _HASH_BYTES, "a blob's hash has 32 bytes")
    require(message.size <= LIMITS.blob_bytes, "blob too large", Reason.TOO_LARGE)
    return Blob(intern(message.name), message.hash, message.size)  # few names, thousands of blobs


def put_head(head: Head, message: item_pb2.Head) -> None:
    """Write a head into an empty message."""
    message.item = head.item
    message.position = head.position
    message.revision = head.revision.encode()
    message.type = head.type
    message.fields = head.fields
    if head.ancestors:
        message.ancestors = b"".join(head.ancestors)
    if head.dead:
        message.dead = True
    if head.copy_of:
        message.copy_of = head.copy_of
    for blob in head.blobs:
        message.blobs.add(name=blob.name, hash=blob.hash, size=blob.size)
    if head.safe_ancestor is not None:
        message.safe_ancestor = head.safe_ancestor.encode()


def head_message(head: Head) -> item_pb2.Head:
    """A head for the wire."""
    message = item_pb2.Head()
    put_head(head, message)
    return message


def head_of(message: item_pb2.Head) -> Head:
    """A head from the wire, checked."""
    require(len(message.item) == ITEM_ID_BYTES, "an item id has 12 bytes")
    require(message.position <= LIMITS.position, "position beyond 2^53")
    require(len(message.fields) <= LIMITS.head_bytes, "head too large", Reason.TOO_LARGE)
    require(len(message.blobs) <= LIMITS.blobs_per_item, "too many blobs", Reason.TOO_LARGE)
    packed = message.ancestors
    count, rest = divmod(len(packed), _DIGEST_BYTES)
    require(not rest and count <= LIMITS.ancestors, "ancestors are up to 8 digests of 8 bytes")
    return Head(
        item=message.item,
        position=message.position,
        revision=Revision.decode(message.revision),
        type=message.type,
        fields=message.fields,
        blobs=tuple([blob_of(blob) for blob in message.blobs]),
        ancestors=tuple([packed[at : at + _DIGEST_BYTES] for at in range(0, len(packed), _DIGEST_BYTES)]),
        safe_ancestor=Revision.decode(message.safe_ancestor) if message.safe_ancestor else None,
        dead=message.dead,
        copy_of=message.copy_of,
    )


def _put_follow(follow: frames.Follow, message: line_pb2.Follow) -> None:
    message.cursor = follow.cursor
    message.budget_bytes = follow.budget_bytes
    message.since = follow.since
    message.collection = item_pb2.Collection.ValueType(follow.collection)


def _follow_of(message: line_pb2.Follow) -> frames.Follow:
    require(len(message.cursor) <= LIMITS.cursor_bytes, "a cursor has at most 64 bytes")
    return frames.Follow(message.collection, message.cursor, message.budget_bytes, message.since)


_WRITERS: dict[type, Callable[[Any, Any], None]] = {
    Point: put_point,
    Head: put_head,
    frames.Follow: _put_follow,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "Point": point_of,
    "Head": head_of,
    "Follow": _follow_of,
}


def _plan(frame: type) -> tuple[tuple[str, bool, Callable[[Any], Any] | None], ...]:
    """For each field of a frame: its name, whether it repeats, and how it is read."""
    plan = []
    for field in fields(frame):
        kind = str(field.type)
        reader = next((_READERS[name] for name in _READERS if name in kind), None)
        plan.append((field.name, kind.startswith("tuple"), reader))
    return tuple(plan)


_FRAMES: Iterable[type] = (
    frames.Enrol,
    frames.Enrolled,
    frames.Hello,
    frames.Challenge,
    frames.Proof,
    frames.Welcome,
    frames.Refusal,
    frames.Command,
    frames.Outcome,
    frames.Window,
    frames.Ask,
    frames.Answer,
    frames.Chunk,
    frames.Soft,
    frames.Credit,
    frames.Beat,
    frames.Goodbye,
)
_PLANS = {frame: _plan(frame) for frame in _FRAMES}
_BY_BODY = {frame.__name__.lower(): frame for frame in _FRAMES}


def into_message(frame: frames.Frame, packet: line_pb2.Up | line_pb2.Down) -> None:
    """Put a frame into the body of an `Up` or a `Down`."""
    message = getattr(packet, type(frame).__name__.lower())
    message.SetInParent()
    for name, repeats, reader in _PLANS[type(frame)]:
        value = getattr(frame, name)
        if reader is None:
            if repeats:
                getattr(message, name).extend(value)
            elif value:
                setattr(message, name, value)
        elif repeats:
            repeated = getattr(message, name)
            for one in value:
                _WRITERS[type(one)](one, repeated.add())
        elif value is not None:
            part = getattr(message, name)
            part.SetInParent()
            _WRITERS[type(value)](value, part)


def from_message(packet: line_pb2.Up | line_pb2.Down) -> frames.Frame | None:
    """The frame in a packet's body; None for a kind that this version does not know.

    Raises:
        RemoteError: MALFORMED or TOO_LARGE.
    """
    body = packet.WhichOneof("body")
    kind = _BY_BODY.get(body or "")
    if kind is None:
        return None
    message = getattr(packet, body or "")
    values = []
    for name, repeats, reader in _PLANS[kind]:
        value = getattr(message, name)
        if repeats:
            value = tuple([reader(one) for one in value]) if reader else tuple(value)
        elif reader:
            value = reader(value) if message.HasField(name) else None
        values.append(value)
    frame: frames.Frame = kind(*values)
    check = _CHECKS.get(kind)
    if check:
        check(frame)
    return frame


def _check_hello(hello: frames.Hello) -> None:
    require(len(hello.handset) == ID_BYTES, "a handset id has 8 bytes")
    require(len(hello.link) == LINK_BYTES, "a link id has 8 bytes")
    require(0 < len(hello.seen) <= LIMITS.seen_points, "seen holds 1 to 16 points")
    require(len(hello.follows) <= LIMITS.follows, "too many follows")
    require(0 < hello.life <= LIMITS.position, "a life is counted from 1")


def _check_command(command: frames.Command) -> None:
    require(0 < command.number <= LIMITS.position, "a command number is counted from 1")
    require(command.after < command.number, "after is an earlier number")
    require(command.confirmed < command.number, "confirmed is an earlier number")


def _check_enrol(enrol: frames.Enrol) -> None:
    require(len(enrol.code.encode()) <= LIMITS.code_bytes, "code too long")
    require(len(enrol.key) == 32, "an Ed25519 key has 32 bytes")


def _check_window(window: frames.Window) -> None:
    require(window.point is not None, "a window tells a point")
    require(len(window.cursor) <= LIMITS.cursor_bytes, "a cursor has at most 64 bytes")


def _check_outcome(outcome: frames.Outcome) -> None:
    require(outcome.point is not None, "an outcome tells a point")
    require(len(outcome.heads) <= LIMITS.heads_per_outcome, "too many heads")
    require(len(outcome.cursor) <= LIMITS.cursor_bytes, "a cursor has at most 64 bytes")


def _check_challenge(challenge: frames.Challenge) -> None:
    require(len(challenge.nonce) == NONCE_BYTES, "a nonce has 16 bytes")


def _check_welcome(welcome: frames.Welcome) -> None:
    require(welcome.point is not None, "a welcome tells a point")
    beats = LIMITS.heartbeat_least_s <= welcome.heartbeat_s <= LIMITS.heartbeat_most_s and welcome.timeout_s > 0
    require(beats, "a heartbeat of 15 s to an hour")
    require(welcome.dictionary in DICTIONARIES, "unknown dictionary")


def _check_last_words(last: frames.Goodbye | frames.Refusal) -> None:
    require(len(last.sentence.encode()) <= LIMITS.sentence_bytes, "a sentence has at most 512 bytes")


def _check_soft(soft: frames.Soft) -> None:
    require(len(soft.value) <= LIMITS.soft_bytes, "soft state too large", Reason.TOO_LARGE)


def _check_ask(ask: frames.Ask) -> None:
    require(0 < ask.number <= LIMITS.position, "an ask number is counted from 1")


_CHECKS: dict[type, Callable[[Any], None]] = {
    frames.Hello: _check_hello,
    frames.Command: _check_command,
    frames.Enrol: _check_enrol,
    frames.Window: _check_window,
    frames.Outcome: _check_outcome,
    frames.Challenge: _check_challenge,
    frames.Soft: _check_soft,
    frames.Welcome: _check_welcome,
    frames.Goodbye: _check_last_words,
    frames.Refusal: _check_last_words,
    frames.Ask: _check_ask,
}
