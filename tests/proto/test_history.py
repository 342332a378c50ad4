"""The chain and its points: two histories are told apart by one row, and a handset never looks inside."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.history import Author, Point, Row, Seal, Seen, advance, continues
from thinline.identity import ServiceKey
from thinline.items import NO_REVISION, Revision, put_varint
from thinline.limits import LIMITS

ALICE, BOB = b"account1", b"account2"
SEAL = Seal(b"k" * 32)


def row(position: int, item: bytes = bytes(12), epoch: int = 1) -> bytes:
    return Row(position, epoch, item, Revision(1, b"revision"), Author(b"handset1", 3, position).encode()).encode()


def chain_of(rows: list[bytes], origin: bytes = bytes(16)) -> list[bytes]:
    chains = [origin]
    for one in rows:
        chains.append(advance(chains[-1], one))
    return chains


def test_a_row_is_these_bytes_and_under_fifty() -> None:
    """Spec HIST-2."""
    author = Author(b"handset1", 300, 2, 1)
    assert author.encode() == b"handset1" + put_varint(300) + b"\x02\x01"
    whole = Row(7, 2, b"item12345678", Revision(4, b"revision"), author.encode()).encode()
    assert whole == b"\x07\x02item12345678\x04revision" + author.encode()
    assert len(row(2**31)) < 50


def test_an_enrolment_is_a_row() -> None:
    """As the specification has it."""
    item = b"handset1" + bytes(4)
    whole = Row(1, 1, item, NO_REVISION, Author(b"handset1").encode()).encode()
    assert whole == b"\x01\x01" + item + b"\x00" + b"handset1\x00\x00\x00"


def test_the_chain_hashes_the_one_before_and_the_row() -> None:
    """Spec HIST-1."""
    assert advance(bytes(16), row(1)) == hashlib.sha256(bytes(16) + row(1)).digest()[:16]


@given(st.lists(st.binary(min_size=1, max_size=3), max_size=5), st.lists(st.binary(min_size=1, max_size=3), max_size=5))
def test_chains_are_equal_where_rows_are(alice: list[bytes], bob: list[bytes]) -> None:
    """H1: at n, if and only if rows 1 to n are equal."""
    first, second = chain_of(alice), chain_of(bob)
    for n in range(min(len(first), len(second))):
        assert (first[n] == second[n]) == (alice[:n] == bob[:n])


def test_an_epoch_makes_another_history() -> None:
    """Spec HIST-1: what is written after a restore is never what was written before it."""
    assert chain_of([row(1, epoch=1)])[1] != chain_of([row(1, epoch=2)])[1]


def test_a_point_is_half_chain_half_receipt() -> None:
    """Spec HIST-4."""
    key = ServiceKey(b"p" * 32)
    receipt_key = hmac.digest(b"p" * 32, b"thinline receipt 1", hashlib.sha256)
    chain = bytes(range(16))
    mac = hmac.digest(receipt_key, ALICE + put_varint(300) + chain[:8], "sha256")[:8]
    assert key.seal.point(ALICE, 300, chain) == Point(300, chain[:8] + mac)


def test_a_receipt_is_worth_nothing_elsewhere() -> None:
    """Spec HIST-5: not at another account, another place, another server."""
    point = SEAL.point(ALICE, 7, bytes(range(16)))
    assert SEAL.genuine(ALICE, point)
    assert not SEAL.genuine(BOB, point)
    assert not SEAL.genuine(ALICE, Point(8, point.proof))
    assert not Seal(b"x" * 32).genuine(ALICE, point)
    assert not SEAL.genuine(ALICE, Point(7, bytes(8) + point.proof[8:]))


def test_a_history_continues_the_points_that_it_has() -> None:
    """Spec HIST-6, H3: every one of them, by position and chain."""
    chains = chain_of([row(position) for position in range(1, 6)])
    points = [SEAL.point(ALICE, position, chains[position]) for position in range(6)]
    known = dict(enumerate(chains))
    assert continues(points, known)
    assert continues([], known)
    assert not continues(points, dict(enumerate(chains[:5])))
    foreign = chain_of([row(position, epoch=2) for position in range(1, 6)])
    assert not continues([*points[:5], SEAL.point(ALICE, 5, foreign[5])], known)


def point(position: int, history: bytes = b"a") -> Point:
    return Point(position, history * 16)


def test_seen_is_the_newest_point_told() -> None:
    """Spec HIST-7."""
    seen = Seen().told(point(1)).told(point(5)).told(point(3))
    assert seen.points == (point(5),)
    assert Seen().points == ()


def test_in_a_salvage_the_old_points_stay_beside_the_new() -> None:
    """Spec HIST-8, HIST-9."""
    seen = Seen(point(9)).parted().told(point(4, b"b")).told(point(6, b"b"))
    assert seen.points == (point(9), point(6, b"b"))
    assert seen.parted().points == seen.points
    assert seen.folded() == Seen(point(9))
    assert Seen().folded() == Seen()


@given(st.lists(st.booleans(), max_size=60))
def test_seen_fits_a_hello_however_often_a_history_is_lost(parted: list[bool]) -> None:
    """Spec HIST-8: the first history is never forgotten, nor the newest."""
    seen = Seen(point(1))
    for position, lost in enumerate(parted, 2):
        seen = seen.parted().told(point(position)) if lost else seen.told(point(position))
    assert 1 <= len(seen.points) <= LIMITS.seen_points
    if True in parted:
        assert seen.points[0].position <= parted.index(True) + 1
    assert seen.points[-1] == point(len(parted) + 1)


@pytest.mark.parametrize("position", [0, 1, 2**53 - 1])
def test_points_of_any_position(position: int) -> None:
    """Spec HIST-12."""
    assert SEAL.genuine(ALICE, SEAL.point(ALICE, position, bytes(16)))
