"""Windows and cursors: whatever the room, each change is sent once, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.items import Head, Revision, footprint
from thinline.limits import LIMITS
from thinline.projection import projection
from thinline.windows import Candidate, Cursor, Cut, next_sweep, window

LARGE = 1 << 30


def head(number: int, position: int, size: int = 10, *, dead: bool = False) -> Head:
    return Head(number.to_bytes(12, "big"), position, Revision(1, bytes(8)), 1, b"x" * size, dead=dead)


def rows_of(heads: Sequence[Head], sweep: Cursor) -> list[Candidate]:
    """What a store gives: the sweep's items beyond its key, in order; a refill needs no tombstones."""
    found = [Candidate(one.item, one) for one in heads if sweep.base < one.position <= sweep.top]
    live = [row for row in found if sweep.base or not row.head.dead]
    return sorted(row for row in live if row.key > sweep.key)


def cut(heads: Sequence[Head], cursor: Cursor, top: int, room: int = LARGE, budget: int = LARGE) -> Cut:
    sweep = next_sweep(cursor, top)
    return window(rows_of(heads, sweep), sweep, room_bytes=room, budget_bytes=budget, complete=True)


def test_cursors_go_there_and_back_in_few_bytes() -> None:
    """Spec SYNC-7."""
    for cursor in (Cursor(), Cursor.at(2**53 - 1), Cursor(3, 9, b"key", 70), Cursor(0, 2**53 - 1, b"k" * 36, 2**31)):
        assert Cursor.decode(cursor.encode()) == cursor
        assert len(cursor.encode()) <= LIMITS.cursor_bytes


@given(st.binary(max_size=64))
def test_any_bytes_are_a_cursor(data: bytes) -> None:
    """Spec SYNC-8, T8: what is not one of ours begins again."""
    cursor = Cursor.decode(data)
    assert cursor.base <= cursor.top <= LIMITS.position
    assert Cursor.decode(cursor.encode()) == cursor


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\x05\x03\x00", b"\x05\x05\x00key", b"\x05\x09\x80", b"\xff" * 9 + b"\x01"]
)
def test_a_strange_cursor_is_the_empty_one(data: bytes) -> None:
    """Spec SYNC-8."""
    assert Cursor.decode(data) == Cursor()


def test_a_sweep_goes_to_the_newest_change_and_is_finished_first() -> None:
    """Spec SYNC-6."""
    assert next_sweep(Cursor.at(4), 9) == Cursor(4, 9)
    assert next_sweep(Cursor(4, 9, b"key", 3), 12) == Cursor(4, 9, b"key", 3)
    assert next_sweep(Cursor.at(9), 4) == Cursor.at(9)
    assert Cursor.at(9).covers(9)
    assert not Cursor(4, 9).covers(9)


def test_one_head_always_goes() -> None:
    """Spec SYNC-9."""
    told = cut([head(1, 1, 4_000), head(2, 2, 4_000)], Cursor(), 2, room=1)
    assert ([one.position for one in told.heads], told.more) == ([1], True)
    assert told.cursor == Cursor(0, 2, head(1, 1).item, footprint(head(1, 1, 4_000)), floor=2)


def test_a_window_has_its_most_heads() -> None:
    """Spec LIMIT-1."""
    told = cut([head(number, number) for number in range(1, 100)], Cursor(), 99)
    assert (len(told.heads), told.more) == (LIMITS.heads_per_window, True)


def test_a_store_may_bring_only_some_rows() -> None:
    """Spec SYNC-6: what it did not bring comes with the next window."""
    row = Candidate(b"a", head(1, 1))
    told = window([row], Cursor(0, 5), room_bytes=LARGE, budget_bytes=LARGE, complete=False)
    assert told.more
    assert told.cursor.key == b"a"


def test_a_refill_ends_where_the_budget_does_and_a_later_sweep_does_not() -> None:
    """Spec SYNC-12, SYNC-13."""
    heads = [head(1, 1, 100), head(2, 2, 100), head(3, 3, 1)]
    told = cut(heads, Cursor(), 3, budget=footprint(heads[0]) + 1)
    assert [one.position for one in told.heads] == [1]
    assert (told.more, told.cursor) == (False, Cursor.at(3))
    later = cut([head(1, 4, 100), head(2, 5, dead=True)], told.cursor, 5, budget=0)
    assert [one.position for one in later.heads] == [4, 5]


def test_a_tombstone_takes_no_budget() -> None:
    """Spec SYNC-12: a handset that holds a head of its own must learn of its end, however full it is."""
    tomb = head(1, 2, dead=True)
    told = window([Candidate(b"", tomb)], Cursor(0, 2), room_bytes=LARGE, budget_bytes=0, complete=True)
    assert told.heads == (tomb,)


changes = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 200), st.booleans()), max_size=30)


@given(changes, changes, st.lists(st.integers(0, 600), min_size=1, max_size=40))
def test_each_change_is_sent_once_whatever_the_rooms(
    before: list[tuple[int, int, bool]], meanwhile: list[tuple[int, int, bool]], rooms: list[int]
) -> None:
    """Spec SYNC-6, H6: changes between the windows belong to the next sweep, and both ends end up equal."""
    store: dict[int, Head] = {}
    position = 0

    def write(change: tuple[int, int, bool]) -> None:
        nonlocal position
        position += 1
        number, size, dead = change
        store[number] = head(number, position, size, dead=dead)

    for change in before:
        write(change)
    held: dict[bytes, Head] = {}
    sent: list[tuple[bytes, int]] = []
    cursor, pending, turn = Cursor(), list(meanwhile), 0
    while not cursor.covers(position):
        told = cut(list(store.values()), cursor, position, room=rooms[turn % len(rooms)])
        sent += [(one.item, one.position) for one in told.heads]
        held.update((one.item, one) for one in told.heads)
        cursor = Cursor.decode(told.cursor.encode())
        turn += 1
        if pending:
            write(pending.pop(0))
    assert len(set(sent)) == len(sent)
    live = {one.item for one in held.values() if not one.dead}
    assert live == {one.item for one in store.values() if not one.dead}
    assert all(held[one.item].position == one.position for one in store.values() if one.item in held)


@given(changes, st.integers(0, 3_000), st.integers(0, 600))
def test_a_refill_is_the_projection(contents: list[tuple[int, int, bool]], budget: int, room: int) -> None:
    """Spec SYNC-12, B2."""
    store = {number: head(number, at, size, dead=dead) for at, (number, size, dead) in enumerate(contents, 1)}
    cursor, got = Cursor(), set[bytes]()
    top = len(contents)
    while not cursor.covers(top):
        told = cut(list(store.values()), cursor, top, room=room, budget=budget)
        got |= {one.item for one in told.heads}
        cursor = told.cursor
    assert got == projection([(1, one.item, one) for one in store.values()], {1: budget})


def test_a_changed_head_leaves_its_place() -> None:
    """Spec SYNC-6: an item that changes while a sweep has not come to it is sent with the next."""
    first, second = head(1, 1), head(2, 2)
    told = cut([first, second], Cursor(), 2, room=1)
    told = cut([first, replace(second, position=3)], told.cursor, 3, room=1)
    assert (told.heads, told.cursor, told.more) == ((), Cursor.at(2), False)
    told = cut([first, replace(second, position=3)], told.cursor, 3)
    assert [one.position for one in told.heads] == [3]
