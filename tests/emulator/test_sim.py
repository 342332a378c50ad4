"""What survives a dead battery, as a value and as bytes that know when they are damaged."""

from __future__ import annotations

import struct
from zlib import crc32

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from thinline.history import Point
from thinline_emulator.sim import (
    POINT_INTERVAL_S,
    Sim,
    SimDamaged,
    decode,
    encode,
    new_life,
    public_key,
    sign,
    with_certificate,
    with_point,
)

BLANK = Sim(bytes(range(32)))
ENROLLED = with_certificate(BLANK, b"alice's handset", Point(1, b"p" * 16), 1000)


def resealed(body: bytes) -> bytes:
    return body + struct.pack(">I", crc32(body))


def test_each_life_is_one_more() -> None:
    assert BLANK.life == 0
    assert new_life(new_life(ENROLLED)).life == 2
    assert new_life(ENROLLED).certificate == b"alice's handset"


def test_enrolment_leaves_a_point() -> None:
    assert ENROLLED.point == Point(1, b"p" * 16)
    assert ENROLLED.written_at_s == 1000


def test_a_point_is_written_at_most_hourly() -> None:
    newer = Point(7, b"q" * 16)
    assert with_point(ENROLLED, newer, 1000 + POINT_INTERVAL_S - 1) is None
    written = with_point(ENROLLED, newer, 1000 + POINT_INTERVAL_S)
    assert written is not None
    assert (written.point, written.written_at_s) == (newer, 4600)


def test_the_first_point_does_not_wait() -> None:
    assert with_point(BLANK, Point(1, b"p"), 0) is not None


def test_the_same_point_is_not_worth_a_write() -> None:
    assert with_point(ENROLLED, Point(1, b"p" * 16), 1e6) is None


def test_a_lower_point_is_what_salvage_ends_with() -> None:
    far = with_point(ENROLLED, Point(900, b"q" * 16), 1e6)
    assert far is not None
    folded = with_point(far, Point(40, b"r" * 16), 2e6)
    assert folded is not None
    assert folded.point == Point(40, b"r" * 16)


def test_a_card_from_another_run_of_the_clock_does_not_wait() -> None:
    assert with_point(ENROLLED, Point(7, b"q"), 5) is not None


def test_the_key_signs_and_stays_out_of_sight() -> None:
    signature = sign(BLANK, b"a challenge")
    Ed25519PublicKey.from_public_bytes(public_key(BLANK)).verify(signature, b"a challenge")
    assert "private_key" not in repr(BLANK)


def test_a_key_has_its_length_and_a_life_is_not_negative() -> None:
    with pytest.raises(AssertionError):
        Sim(b"short")
    with pytest.raises(AssertionError):
        Sim(bytes(32), life=-1)


@given(
    st.builds(
        Sim,
        private_key=st.binary(min_size=32, max_size=32),
        certificate=st.none() | st.binary(max_size=300),
        life=st.integers(0, 2**40),
        point=st.none() | st.builds(Point, st.integers(0, 2**53 - 1), st.binary(max_size=40)),
        written_at_s=st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_what_is_written_is_what_is_read(sim: Sim) -> None:
    assert decode(encode(sim)) == sim


@pytest.mark.parametrize("sim", [BLANK, new_life(ENROLLED)])
def test_any_damage_is_found(sim: Sim) -> None:
    whole = encode(sim)
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(SimDamaged):
            decode(changed)
        with pytest.raises(SimDamaged):
            decode(whole[:at])


def test_another_version_is_named() -> None:
    body = encode(ENROLLED)[:-4]
    with pytest.raises(SimDamaged, match="format 9"):
        decode(resealed(body[:4] + b"\x09" + body[5:]))


@pytest.mark.parametrize(
    ("keep", "more"),
    [(-1, b""), (None, b"x"), (-20, b""), (53, b"\x00\x00\xff\xff")],
)
def test_lengths_that_lead_astray_are_damage(keep: int | None, more: bytes) -> None:
    body = encode(ENROLLED)[:-4]
    with pytest.raises(SimDamaged, match="a length"):
        decode(resealed(body[:keep] + more))
