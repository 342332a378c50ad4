"""Every frame to its message and back; what the schema can not say is checked on the way in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from thinline import frames
from thinline.convert import from_message, head_message, head_of, into_message, point_of, put_point, require
from thinline.errors import RemoteError
from thinline.frames import Direction, Frame
from thinline.history import Point
from thinline.items import Blob
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.testing import samples
from thinline.testing.samples import COMMAND, HEAD, HELLO, OUTCOME, TOMBSTONE, WELCOME, WINDOW
from thinline.v1 import item_pb2, line_pb2

MALFORMED, TOO_LARGE = Reason.MALFORMED, Reason.TOO_LARGE
EVERY = [(one, Direction.UP) for one in samples.UP_FRAMES] + [(one, Direction.DOWN) for one in samples.DOWN_FRAMES]


def message_of(frame: Frame, direction: Direction) -> line_pb2.Up | line_pb2.Down:
    message = line_pb2.Up() if direction is Direction.UP else line_pb2.Down()
    into_message(frame, message)
    return message


@pytest.mark.parametrize(("frame", "direction"), EVERY, ids=lambda one: type(one).__name__)
def test_there_and_back(frame: Frame, direction: Direction) -> None:
    """Spec FRAME-6: every kind, with every field filled."""
    assert from_message(message_of(frame, direction)) == frame


def test_an_empty_frame_is_still_one_of_its_kind() -> None:
    message = message_of(frames.Beat(), Direction.UP)
    assert message.WhichOneof("body") == "beat"
    assert from_message(line_pb2.Up()) is None


def test_heads_there_and_back() -> None:
    """Spec ITEM-6: ancestors are packed, and the SAFE one stands beside them."""
    aged = replace(HEAD, ancestors=tuple(bytes([n]) * 8 for n in range(8)), safe_ancestor=HEAD.revision)
    for head in (HEAD, TOMBSTONE, aged):
        assert head_of(head_message(head)) == head


def test_a_condition_that_holds_is_silent() -> None:
    require(True, "never told")
    with pytest.raises(RemoteError, match="LIMIT: told"):
        require(False, "told", Reason.LIMIT)


HeadChange = Callable[[item_pb2.Head], object]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda head: setattr(head, "item", b"short"), MALFORMED),
        (lambda head: setattr(head, "position", 2**53), MALFORMED),
        (lambda head: setattr(head, "revision", b"\x01short"), MALFORMED),
        (lambda head: setattr(head, "fields", bytes(4_097)), TOO_LARGE),
        (lambda head: head.blobs.extend([item_pb2.Blob(name="x", hash=bytes(32))] * 17), TOO_LARGE),
        (lambda head: setattr(head, "ancestors", bytes(9)), MALFORMED),
        (lambda head: setattr(head, "ancestors", bytes(72)), MALFORMED),
        (lambda head: setattr(head, "safe_ancestor", b"\x01"), MALFORMED),
    ],
)
def test_a_head_is_checked(change: HeadChange, reason: Reason) -> None:
    """Spec LIMIT-1, ITEM-1, ITEM-9, HIST-12."""
    message = head_message(HEAD)
    change(message)
    with pytest.raises(RemoteError) as caught:
        head_of(message)
    assert caught.value.reason is reason


def test_a_point_is_checked() -> None:
    """Spec HIST-4, HIST-12."""
    message = item_pb2.Point()
    put_point(Point(2**53 - 1, bytes(16)), message)
    assert point_of(message) == Point(2**53 - 1, bytes(16))
    for message in (item_pb2.Point(position=2**53, proof=bytes(16)), item_pb2.Point(position=1, proof=bytes(15))):
        with pytest.raises(RemoteError) as caught:
            point_of(message)
        assert caught.value.reason is MALFORMED


POINT = Point(1, bytes(16))
NO_POINT: Any = None
FOLLOW = frames.Follow(1, b"", 0)


@pytest.mark.parametrize(
    ("frame", "direction", "reason"),
    [
        (replace(HELLO, handset=b"short"), Direction.UP, MALFORMED),
        (replace(HELLO, link=b"short"), Direction.UP, MALFORMED),
        (replace(HELLO, seen=()), Direction.UP, MALFORMED),
        (replace(HELLO, seen=(POINT,) * 17), Direction.UP, MALFORMED),
        (replace(HELLO, follows=(FOLLOW,) * 33), Direction.UP, MALFORMED),
        (replace(HELLO, follows=(replace(FOLLOW, cursor=bytes(65)),)), Direction.UP, MALFORMED),
        (replace(HELLO, life=0), Direction.UP, MALFORMED),
        (replace(HELLO, life=2**53), Direction.UP, MALFORMED),
        (replace(COMMAND, number=0), Direction.UP, MALFORMED),
        (replace(COMMAND, number=2**53), Direction.UP, MALFORMED),
        (replace(COMMAND, after=1), Direction.UP, MALFORMED),
        (replace(COMMAND, confirmed=1), Direction.UP, MALFORMED),
        (frames.Enrol(1, "x" * 65, bytes(32), b""), Direction.UP, MALFORMED),
        (frames.Enrol(1, "x", bytes(31), b""), Direction.UP, MALFORMED),
        (frames.Ask(0, 1, b""), Direction.UP, MALFORMED),
        (frames.Soft(1, bytes(1_025), 1), Direction.UP, TOO_LARGE),
        (frames.Challenge(b"short"), Direction.DOWN, MALFORMED),
        (replace(WELCOME, point=None), Direction.DOWN, MALFORMED),
        (replace(WELCOME, heartbeat_s=14), Direction.DOWN, MALFORMED),
        (replace(WELCOME, heartbeat_s=3_601), Direction.DOWN, MALFORMED),
        (replace(WELCOME, timeout_s=0), Direction.DOWN, MALFORMED),
        (replace(WELCOME, dictionary=99), Direction.DOWN, MALFORMED),
        (frames.Goodbye(100, "x" * 513), Direction.DOWN, MALFORMED),
        (frames.Refusal(100, "ß" * 257), Direction.DOWN, MALFORMED),
        (replace(WINDOW, cursor=bytes(65)), Direction.DOWN, MALFORMED),
        (replace(WINDOW, point=NO_POINT), Direction.DOWN, MALFORMED),
        (replace(OUTCOME, point=NO_POINT), Direction.DOWN, MALFORMED),
        (replace(OUTCOME, heads=(HEAD,) * 101), Direction.DOWN, MALFORMED),
        (replace(OUTCOME, cursor=bytes(65)), Direction.DOWN, MALFORMED),
    ],
)
def test_an_illegal_frame_is_never_built(frame: Frame, direction: Direction, reason: Reason) -> None:
    """Spec LIMIT-1, SYNC-7, FLOW-11, ASK-1, LINK-16, FRAME-10."""
    with pytest.raises(RemoteError) as caught:
        from_message(message_of(frame, direction))
    assert caught.value.reason is reason


def test_blobs_are_checked_wherever_they_stand() -> None:
    """Spec LIMIT-1."""
    for blob in (Blob("", bytes(32), 1), Blob("x", bytes(31), 1)):
        with pytest.raises(RemoteError):
            head_of(head_message(replace(HEAD, blobs=(blob,))))
    large = Blob("x", bytes(32), LIMITS.blob_bytes + 1)
    with pytest.raises(RemoteError) as caught:
        head_of(head_message(replace(HEAD, blobs=(large,))))
    assert caught.value.reason is TOO_LARGE
