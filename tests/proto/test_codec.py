"""Packets and frames as bytes: every frame comes back, and any bytes give a frame or a reason."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline import frames
from thinline.codec import cut_packet, encode_body, join_packet, number_body, read_frame, squeeze_body
from thinline.errors import RemoteError
from thinline.frames import Direction, Frame
from thinline.history import Point
from thinline.items import Blob, Head, Revision, put_varint
from thinline.limits import LIMITS
from thinline.reasons import Reason
from thinline.squeeze import squeeze
from thinline.testing import samples
from thinline.v1 import line_pb2

UP, DOWN = Direction.UP, Direction.DOWN
MALFORMED, TOO_LARGE = Reason.MALFORMED, Reason.TOO_LARGE


def sized(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size)


counts = st.integers(1, 2**53 - 1)
small = st.integers(0, 2**31 - 1)
points = st.builds(Point, counts, sized(16))
revisions = st.builds(Revision, st.integers(1, 2**31), sized(8))
blobs = st.builds(Blob, st.text(min_size=1, max_size=16), sized(32), st.integers(0, LIMITS.blob_bytes))
heads = st.builds(
    Head,
    sized(12),
    counts,
    revisions,
    small,
    st.binary(max_size=60),
    st.lists(blobs, max_size=2).map(tuple),
    st.lists(sized(8), max_size=8).map(tuple),
    st.none() | revisions,
    st.booleans(),
    st.just(b"") | sized(12),
)
follows = st.builds(frames.Follow, st.integers(1, 10), st.binary(max_size=64), counts)
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "code": st.text(max_size=16), "key": sized(32), "handset": sized(8), "link": sized(8), "life": counts,
    "seen": st.lists(points, min_size=1, max_size=16).map(tuple), "follows": st.lists(follows, max_size=4).map(tuple),
    "nonce": sized(16), "point": points, "safe": st.none() | points, "cursor": st.binary(max_size=64),
    "heads": st.lists(heads, max_size=3).map(tuple), "collection": st.integers(0, 10), "profiles": st.just((1, 2)),
    "dictionaries": st.lists(small, max_size=3).map(tuple), "disposition": st.integers(0, 9),
    "keep_until": st.integers(0, 9), "verdict": st.integers(0, 9),
}  # fmt: skip
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "int": small, "bytes": st.binary(max_size=40), "str": st.text(max_size=20), "bool": st.booleans(),
}  # fmt: skip


def kind_strategy(kind: type) -> st.SearchStrategy[Frame]:
    """A strategy of one kind of frame, with every field drawn."""
    drawn = {}
    for field in dataclasses.fields(kind):
        drawn[field.name] = BY_NAME[field.name] if field.name in BY_NAME else BY_TYPE[str(field.type)]
    if kind is frames.Command:
        drawn.update(number=st.just(2**40), after=small, confirmed=small)
    if kind is frames.Welcome:
        drawn.update(point=points, heartbeat_s=st.integers(15, 3_600), timeout_s=st.integers(1, 60))
        drawn.update(dictionary=st.sampled_from([0, 1]))
    if kind is frames.Soft:
        drawn.update(key=small)
    if kind is frames.Ask:
        drawn.update(number=counts)
    return st.builds(kind, **drawn)


def packet(*numbered: bytes) -> bytes:
    return join_packet(numbered)


@pytest.mark.parametrize("direction", [UP, DOWN])
@pytest.mark.parametrize("dictionary", [None, 0, 1])
@given(data=st.data(), number=counts)
def test_every_frame_there_and_back(
    direction: Direction, dictionary: int | None, data: st.DataObject, number: int
) -> None:
    """Spec FRAME-1, FRAME-8: any frame of either direction, squeezed or not."""
    kinds = get_args(frames.UpFrame if direction is UP else frames.DownFrame)
    frame = data.draw(st.sampled_from(kinds).flatmap(kind_strategy))
    body = encode_body(frame, direction)
    if dictionary is not None:
        body = squeeze_body(body, direction, dictionary)
    (cut,) = cut_packet(packet(number_body(number, body)))
    assert read_frame(cut, direction) == (number, frame)


def test_packets_joined_are_a_packet() -> None:
    """Spec FRAME-7: and what stands beside the frames is passed over."""
    first, second = (number_body(n, encode_body(frames.Beat(), UP)) for n in (1, 2))
    beside = b"\x12\x03new"
    assert list(cut_packet(packet(first) + beside + packet(second))) == [first, second]
    assert list(cut_packet(b"")) == []
    whole = line_pb2.UpPacket.FromString(packet(first, second))
    assert [one.number for one in whole.frames] == [1, 2]


def refusal_of(data: bytes) -> Reason:
    with pytest.raises(RemoteError) as caught:
        list(cut_packet(data))
    return caught.value.reason


def test_a_packet_is_bounded() -> None:
    """Spec FRAME-1, FRAME-5."""
    beat = number_body(1, encode_body(frames.Beat(), UP))
    assert len(list(cut_packet(packet(*[beat] * 512)))) == 512
    assert refusal_of(packet(*[beat] * 513)) is TOO_LARGE
    assert refusal_of(bytes(LIMITS.packet_bytes + 1)) is TOO_LARGE
    assert refusal_of(b"\x0a" + put_varint(LIMITS.frame_bytes + 1) + bytes(70_000)) is TOO_LARGE


@pytest.mark.parametrize("data", [b"\x08\x01", b"\x0a\x05abc", b"\x0a", b"\xff", b"\x0a\xff\xff\xff\xff\xff"])
def test_what_can_not_be_cut_is_malformed(data: bytes) -> None:
    """Spec FRAME-7."""
    assert refusal_of(data) in (MALFORMED, TOO_LARGE)


def frame_refusal(data: bytes, direction: Direction = UP) -> Reason:
    with pytest.raises(RemoteError) as caught:
        read_frame(data, direction)
    return caught.value.reason


def test_a_frame_is_bounded_by_its_direction() -> None:
    """Spec FRAME-5: as it stands in the packet, and inflated."""
    chunk = frames.Chunk(1, 0, bytes(8_192))
    assert frame_refusal(number_body(1, encode_body(chunk, UP))) is TOO_LARGE
    assert read_frame(number_body(1, encode_body(chunk, DOWN)), DOWN) == (1, chunk)
    assert frame_refusal(number_body(1, squeeze_body(encode_body(chunk, UP), UP, 0))) is TOO_LARGE
    large = frames.Chunk(1, 0, bytes(65_536))
    assert frame_refusal(number_body(1, squeeze_body(encode_body(large, DOWN), DOWN, 0)), DOWN) is TOO_LARGE


def test_a_frame_that_does_not_parse_is_malformed() -> None:
    """Spec LINK-7, FRAME-9, FRAME-11."""
    assert frame_refusal(b"\xff") is MALFORMED
    assert frame_refusal(b"\x2a\x02\xff\xff") is MALFORMED
    twice = line_pb2.Up()
    inner = squeeze_body(encode_body(frames.Chunk(1, 0, bytes(500)), UP), UP, 0)
    twice.squeezed.data, twice.squeezed.size = squeeze(inner, 0), len(inner)
    assert frame_refusal(twice.SerializeToString()) is MALFORMED


def test_a_kind_of_a_later_version_has_a_number_and_no_frame() -> None:
    """Spec LINK-6."""
    later = b"\x08\x07" + put_varint(99 << 3 | 2) + b"\x00"
    assert read_frame(later, UP) == (7, None)


def test_a_kind_of_the_other_direction_is_out_of_turn() -> None:
    """Spec FRAME-6."""
    for frame, direction in [(one, DOWN) for one in samples.DOWN_FRAMES] + [(one, UP) for one in samples.UP_FRAMES]:
        other = UP if direction is DOWN else DOWN
        body = encode_body(frame, direction)
        if frame.DIRECTION is Direction.BOTH:
            assert read_frame(number_body(1, body), other) == (1, frame)
        else:
            assert frame_refusal(number_body(1, body), other) is Reason.OUT_OF_TURN


def test_fields_of_a_later_version_are_passed_over() -> None:
    """Spec VER-3."""
    beat = line_pb2.Up.FromString(encode_body(frames.Credit(5), UP)).credit.SerializeToString()
    more = beat + put_varint(99 << 3) + b"\x01"
    body = put_varint(13 << 3 | 2) + put_varint(len(more)) + more
    assert read_frame(number_body(1, body), UP) == (1, frames.Credit(5))


def test_short_and_random_bodies_are_left_as_they_are() -> None:
    """Spec FRAME-8: compression that does not pay is not done."""
    short = encode_body(frames.Beat(), UP)
    assert squeeze_body(short, UP, 1) == short
    noise = encode_body(frames.Chunk(1, 0, bytes(range(256))), UP)
    assert squeeze_body(noise, UP, 0) == noise
    window = encode_body(samples.WINDOW, DOWN)
    assert len(squeeze_body(window, DOWN, 1)) < len(window)


@given(st.binary(max_size=200), st.sampled_from([UP, DOWN]))
def test_any_bytes_give_frames_or_a_typed_error(data: bytes, direction: Direction) -> None:
    """T8."""
    for packed in (data, packet(data)):
        try:
            for cut in cut_packet(packed):
                read_frame(cut, direction)
        except RemoteError as error:
            assert error.reason in (MALFORMED, TOO_LARGE, Reason.OUT_OF_TURN)  # noqa: PT017


@given(st.data(), st.sampled_from([UP, DOWN]))
def test_a_damaged_frame_gives_a_frame_or_a_typed_error(data: st.DataObject, direction: Direction) -> None:
    """T8: one byte of any sample changed, or the end cut off."""
    alphabet = samples.UP_FRAMES if direction is UP else samples.DOWN_FRAMES
    whole = packet(number_body(1, encode_body(data.draw(st.sampled_from(alphabet)), direction)))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(st.sampled_from([whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]]))
    try:
        for cut in cut_packet(damaged):
            read_frame(cut, direction)
    except RemoteError as error:
        assert error.reason in (MALFORMED, TOO_LARGE, Reason.OUT_OF_TURN)  # noqa: PT017
