"""Bytes to frames and back, and the packets that bearers carry.

A packet is an `UpPacket` or a `DownPacket`: frames one after another, so that two packets joined are a packet. A
frame is its number followed by its body; since protobuf messages join by concatenation, a body is encoded once and
shared by all links, and only the number in front differs (spec FRAME-1 to FRAME-5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.message import DecodeError

from thinline.convert import from_message, into_message, require
from thinline.errors import RemoteError
from thinline.frames import Direction, Frame
from thinline.items import put_varint, take_varint
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.squeeze import inflate, squeeze
from thinline.v1 import line_pb2

__all__ = ["cut_packet", "encode_body", "join_packet", "number_body", "read_frame", "squeeze_body"]

_MESSAGES: dict[Direction, type[line_pb2.Up] | type[line_pb2.Down]] = {
    Direction.UP: line_pb2.Up,
    Direction.DOWN: line_pb2.Down,
}
_BOUNDS = {Direction.UP: LIMITS.up_frame_bytes, Direction.DOWN: LIMITS.frame_bytes}
_FRAMES_TAG = b"\x0a"  # field 1, length-delimited: a frame in a packet
_NUMBER_TAG = b"\x08"  # field 1, varint: a frame's number


def encode_body(frame: Frame, direction: Direction) -> bytes:
    """A frame without its number: the part that all links share."""
    message = _MESSAGES[direction]()
    into_message(frame, message)
    return message.SerializeToString()


def squeeze_body(body: bytes, direction: Direction, dictionary: int) -> bytes:
    """The same body compressed, where that makes it shorter (spec FRAME-8)."""
    message = _MESSAGES[direction]()
    message.squeezed.dictionary = dictionary
    message.squeezed.size = len(body)
    message.squeezed.data = squeeze(body, dictionary)
    squeezed = message.SerializeToString()
    return squeezed if len(squeezed) < len(body) else body


def number_body(number: int, body: bytes) -> bytes:
    """A whole frame."""
    return _NUMBER_TAG + put_varint(number) + body


def join_packet(frames: Iterable[bytes]) -> bytes:
    """What a bearer carries as one message."""
    return b"".join(_FRAMES_TAG + put_varint(len(frame)) + frame for frame in frames)


def cut_packet(data: bytes) -> Iterator[bytes]:
    """The frames of a packet, as bytes; unknown fields of a packet are passed over.

    Raises:
        RemoteError: MALFORMED or TOO_LARGE.
    """
    require(len(data) <= LIMITS.packet_bytes, "packet too large", Reason.TOO_LARGE)
    at = frames = 0
    while at < len(data):
        tag, at = take_varint(data, at)
        require(tag & 7 == 2, "a packet holds frames")
        size, at = take_varint(data, at)
        require(size <= LIMITS.frame_bytes, "frame too large", Reason.TOO_LARGE)
        require(at + size <= len(data), "packet cut off")
        frames += 1
        require(frames <= LIMITS.frames_per_packet, "too many frames", Reason.TOO_LARGE)
        if tag == _FRAMES_TAG[0]:
            yield data[at : at + size]
        at += size


def read_frame(data: bytes, direction: Direction) -> tuple[int, Frame | None]:
    """A frame's number and the frame; None in its place for a kind that this version does not know.

    Raises:
        RemoteError: MALFORMED, TOO_LARGE, or OUT_OF_TURN for a frame of the wrong direction.
    """
    bound = _BOUNDS[direction]
    require(len(data) <= bound, "frame too large", Reason.TOO_LARGE)
    message = _parse(data, direction)
    number = message.number
    if message.WhichOneof("body") == "squeezed":
        packed = message.squeezed
        require(packed.size <= bound, "inflates beyond a frame", Reason.TOO_LARGE)
        message = _parse(inflate(packed.data, packed.dictionary, packed.size), direction)
        require(message.WhichOneof("body") != "squeezed", "squeezed twice")
    frame = from_message(message)
    if frame is None:
        _check_direction(message, direction)
    return number, frame


def _check_direction(message: line_pb2.Up | line_pb2.Down, direction: Direction) -> None:
    """Refuse a kind that only the other end may say; kinds have the same numbers both ways (spec FRAME-6)."""
    other = Direction.DOWN if direction is Direction.UP else Direction.UP
    kind = _parse(message.SerializeToString(), other).WhichOneof("body")
    require(kind is None, f"{kind} in the wrong direction", Reason.OUT_OF_TURN)


def _parse(data: bytes, direction: Direction) -> line_pb2.Up | line_pb2.Down:
    try:
        return _MESSAGES[direction].FromString(data)
    except DecodeError as error:
        raise RemoteError(Reason.MALFORMED, "not a frame") from error
