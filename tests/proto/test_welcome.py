"""The judgement of a hello: the first line that fits, and never a false alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinline.frames import Disposition, Follow
from thinline.history import Seal
from thinline.testing.samples import HELLO
from thinline.welcome import Snapshot, judge
from thinline.windows import Cursor

ALICE = b"alice001"
SEAL = Seal(bytes(32))
CHAINS = {position: bytes([position]) * 16 for position in range(10)}
SEEN = tuple(SEAL.point(ALICE, position, CHAINS[position]) for position in (1, 9))
CONTACTS, NOTES = 1, 4
RESUME, DELTA, REFILL, SALVAGE = (
    Disposition.DISPOSITION_RESUME,
    Disposition.DISPOSITION_DELTA,
    Disposition.DISPOSITION_REFILL,
    Disposition.DISPOSITION_SALVAGE,
)


def follow(collection: int, cursor: Cursor | None) -> Follow:
    return Follow(collection, cursor.encode() if cursor else b"", 1)


@pytest.mark.parametrize(
    ("cursors", "disposition"),
    [
        ({}, REFILL),
        ({CONTACTS: None}, REFILL),
        ({CONTACTS: None, NOTES: None}, REFILL),
        ({CONTACTS: Cursor.at(9)}, RESUME),
        ({CONTACTS: Cursor.at(7), NOTES: Cursor.at(3)}, RESUME),
        ({CONTACTS: Cursor.at(6)}, DELTA),
        ({CONTACTS: Cursor(6, 9, b"key", 1)}, DELTA),
        ({CONTACTS: Cursor.at(9), NOTES: None}, DELTA),
    ],
)
def test_the_first_line_that_fits(cursors: dict[int, Cursor | None], disposition: int) -> None:
    """Spec SYNC-2: contacts changed last at 7, notes at 3."""
    hello = replace(HELLO, seen=SEEN, follows=tuple(follow(*pair) for pair in cursors.items()))
    assert judge(Snapshot(CHAINS, {CONTACTS: 7, NOTES: 3}), hello) == disposition


def test_a_collection_in_which_nothing_ever_happened_is_current() -> None:
    """Spec SYNC-2."""
    hello = replace(HELLO, seen=SEEN, follows=(follow(CONTACTS, Cursor.at(9)), follow(NOTES, Cursor.at(1))))
    assert judge(Snapshot(CHAINS, {CONTACTS: 7}), hello) == RESUME


@given(st.sets(st.integers(0, 12), min_size=1), st.integers(0, 12), st.booleans())
def test_salvage_if_and_only_if_a_point_is_not_in_the_history(
    told: set[int], restored_to: int, written_since: bool
) -> None:
    """Spec HIST-6, SYNC-2, H3: whatever the cursor says."""
    old = {position: bytes([position]) * 16 for position in range(13)}
    new = {position: chain if position <= restored_to else b"n" * 16 for position, chain in old.items()}
    chains = new if written_since else {position: new[position] for position in range(restored_to + 1)}
    seen = tuple(SEAL.point(ALICE, position, old[position]) for position in sorted(told))
    hello = replace(HELLO, seen=seen, follows=(follow(CONTACTS, Cursor.at(12)),))
    lost = max(told) > restored_to
    assert (judge(Snapshot(chains, {CONTACTS: 1}), hello) == SALVAGE) == lost
